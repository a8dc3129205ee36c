package io.tawara.core.input;

import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with a request, so that one answer names all of it.
public final class Problems {
  private final List<FieldError> found = new ArrayList<>();

  public void add(String source, String detail) {
    found.add(new FieldError(source, detail));
  }

  public boolean any() {
    return !found.isEmpty();
  }

  /// How many there are so far, to see later whether a part added some.
  public int count() {
    return found.size();
  }

  /// Notes the same for the request that this was a part of.
  public void copyTo(Problems all) {
    all.found.addAll(found);
  }

  /// @throws InvalidInputException when anything was found
  public void check() {
    if (any()) {
      throw new InvalidInputException(found);
    }
  }
}
