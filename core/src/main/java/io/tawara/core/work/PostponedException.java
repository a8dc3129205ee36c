package io.tawara.core.work;

import java.time.Duration;

/// Thrown by a handler that could not begin: the item waits and counts as not tried.
public final class PostponedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration wait;

  public PostponedException(String reason, Duration wait) {
    super(reason);
    this.wait = wait;
  }

  public Duration waiting() {
    return wait;
  }
}
