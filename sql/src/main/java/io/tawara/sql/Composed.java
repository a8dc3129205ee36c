package io.tawara.sql;

import java.util.Objects;

/// Text that was put together from fragments or read from a template resource.
record Composed(String text) implements Fragment {
  Composed {
    Objects.requireNonNull(text);
  }
}
