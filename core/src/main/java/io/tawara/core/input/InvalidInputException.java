package io.tawara.core.input;

import io.tawara.core.error.TawaraException;
import java.util.List;
import java.util.stream.Collectors;

/// A request that cannot be fulfilled as it is, with everything that is wrong with it.
public final class InvalidInputException extends TawaraException {
  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  public InvalidInputException(List<FieldError> errors) {
    super(
        Category.INPUT,
        errors.stream()
            .map(error -> error.source() + ": " + error.detail())
            .collect(Collectors.joining("; ")));
    this.errors = List.copyOf(errors);
  }

  public InvalidInputException(String source, String detail) {
    this(List.of(new FieldError(source, detail)));
  }

  public List<FieldError> errors() {
    return errors;
  }
}
