package io.tawara.core.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Where market exchange rates come from.
///
/// @param source `CURRENCY_URL`, an `http` or `https` address without user information; empty:
///   rates are only set by hand
/// @param timeout of one request
/// @param maxBytes the largest answer that is read
public record CurrencyConfig(Optional<URI> source, Duration timeout, int maxBytes) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_BYTES = 1 << 20;

  public CurrencyConfig {
    source.ifPresent(CurrencyConfig::check);
  }

  /// No source of market rates.
  public static CurrencyConfig none() {
    return new CurrencyConfig(Optional.empty(), TIMEOUT, MAX_BYTES);
  }

  /// A source with the usual bounds.
  public static CurrencyConfig of(URI source) {
    return new CurrencyConfig(Optional.of(source), TIMEOUT, MAX_BYTES);
  }

  private static void check(URI address) {
    boolean allowed =
        ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
            && address.getHost() != null
            && address.getUserInfo() == null;
    if (!allowed) {
      throw new IllegalArgumentException(
          "CURRENCY_URL must be an http or https address without user information");
    }
  }
}
