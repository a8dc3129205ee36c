package io.tawara.core.database;

import io.tawara.core.error.TawaraException;

/// PostgreSQL is away, stopping or overloaded: the same work may succeed later.
public final class DatabaseUnavailableException extends TawaraException {
  private static final long serialVersionUID = 1L;

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(Category.UNAVAILABLE, message, cause);
  }
}
