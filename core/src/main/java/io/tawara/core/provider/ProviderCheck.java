package io.tawara.core.provider;

/// Asks a cloud whether a draft would work. May take long and runs outside of transactions.
@FunctionalInterface
public interface ProviderCheck {
  /// @throws io.tawara.core.input.InvalidInputException with the key and message of what is wrong
  void check(ProviderDraft draft);

  /// Asks whether files that a customer posted are there.
  ///
  /// @param keys as posted
  /// @throws io.tawara.core.input.InvalidInputException naming the first that is not
  default void checkFiles(ProviderDraft draft, java.util.List<String> keys) {}

  /// For processes that cannot ask.
  static ProviderCheck none() {
    return draft -> {};
  }
}
