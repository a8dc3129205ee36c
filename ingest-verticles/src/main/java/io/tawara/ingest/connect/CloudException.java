package io.tawara.ingest.connect;

import io.tawara.core.error.TawaraException;

/// A cloud could not be asked, or what it has cannot be used. The message is for people and holds
/// no credentials.
public final class CloudException extends TawaraException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;

  public CloudException(Problem problem, String message, Throwable cause) {
    super(category(problem), message, cause);
    this.problem = problem;
  }

  public CloudException(Problem problem, String message) {
    this(problem, message, null);
  }

  public Problem problem() {
    return problem;
  }

  private static Category category(Problem problem) {
    return switch (problem) {
      case CREDENTIALS, PERMISSION -> Category.FORBIDDEN;
      case NOT_FOUND, NO_REPORT -> Category.NOT_FOUND;
      case UNREADABLE, UNSUPPORTED, REGION -> Category.INPUT;
      case TOO_LARGE -> Category.LIMIT;
      case EXPIRED, INCOMPLETE, CHANGED, THROTTLED, UNREACHABLE -> Category.UNAVAILABLE;
    };
  }
}
