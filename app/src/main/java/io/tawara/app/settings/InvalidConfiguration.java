package io.tawara.app.settings;

import io.tawara.core.error.TawaraException;
import java.util.List;
import java.util.stream.Collectors;

/// The configuration is wrong; all mistakes at once.
public final class InvalidConfiguration extends TawaraException {
  private static final long serialVersionUID = 1L;

  private final transient List<Mistake> mistakes;

  InvalidConfiguration(List<Mistake> mistakes) {
    super(
        Category.INPUT,
        mistakes.stream()
            .map(mistake -> mistake.name() + ": " + mistake.problem())
            .collect(Collectors.joining("\n")));
    this.mistakes = List.copyOf(mistakes);
  }

  public List<Mistake> mistakes() {
    return mistakes;
  }
}
