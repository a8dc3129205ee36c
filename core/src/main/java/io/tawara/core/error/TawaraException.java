package io.tawara.core.error;

import java.util.Objects;

/// A failure with a category, so that whoever meets it knows whether to retry, reject or report.
public class TawaraException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What a caller can do about a failure.
  public enum Category {
    /// The input is wrong; the same input will fail again.
    INPUT,
    /// A part that Tawara needs is away or slow; the same call may succeed later.
    UNAVAILABLE,
    /// What was asked for does not exist (any more).
    NOT_FOUND,
    /// A bound was exceeded: bytes, rows, time, nesting.
    LIMIT,
    /// The caller may not do that.
    FORBIDDEN,
    /// A fault in Tawara itself.
    INTERNAL
  }

  private final Category category;

  public TawaraException(Category category, String message) {
    this(category, message, null);
  }

  public TawaraException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = Objects.requireNonNull(category);
  }

  public Category category() {
    return category;
  }

  /// Whether the same work may succeed when it is tried again later.
  public boolean retryable() {
    return category == Category.UNAVAILABLE;
  }
}
