package io.tawara.core.ids;

import java.util.UUID;

/// Where new identifiers come from; passed in so that tests can fix them.
@FunctionalInterface
public interface Ids {
  UUID next();

  static Ids random() {
    return UUID::randomUUID;
  }
}
