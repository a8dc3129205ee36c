package io.tawara.core.provider;

/// Asks a cloud whether a draft would work. May take long and runs outside of transactions.
@FunctionalInterface
public interface ProviderCheck {
  /// @throws io.tawara.core.input.InvalidInputException with the key and message of what is wrong
  void check(ProviderDraft draft);

  /// For processes that cannot ask.
  static ProviderCheck none() {
    return draft -> {};
  }
}
