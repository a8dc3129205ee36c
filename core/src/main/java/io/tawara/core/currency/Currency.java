package io.tawara.core.currency;

/// A currency as the Unicode CLDR names it in English.
///
/// @param code three upper-case letters, current ISO 4217 or historic
public record Currency(String code, String name, String symbol) {
  /// For example `AUD (A$) - Australian Dollar`.
  public String description() {
    return code + " (" + symbol + ") - " + name;
  }
}
