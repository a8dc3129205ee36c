package io.tawara.app;

import java.time.Duration;

/// Is told how the start goes.
public interface StartListener {
  /// A part is ready.
  void ready(Part part);

  /// Something that takes long says what it is doing.
  void progress(String line);

  /// A part of the process.
  ///
  /// @param name for people
  /// @param address where it is
  /// @param embedded whether it was started here
  /// @param version what it says it is; empty when it does not say
  /// @param after how long it took
  record Part(String name, String address, boolean embedded, String version, Duration after) {
    /// A part of Tawara itself.
    static Part own(String name, String address, Duration after) {
      return new Part(name, address, true, "", after);
    }
  }

  /// Tells nobody.
  static StartListener silent() {
    return new StartListener() {
      @Override
      public void ready(Part part) {}

      @Override
      public void progress(String line) {}
    };
  }
}
