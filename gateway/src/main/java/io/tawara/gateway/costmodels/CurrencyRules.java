package io.tawara.gateway.costmodels;

import io.tawara.core.currency.Currencies;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which currency codes a request may name.
public final class CurrencyRules {
  private final Currencies currencies;

  public CurrencyRules(Currencies currencies) {
    this.currencies = currencies;
  }

  static String notACurrency(String code) {
    return "\"" + code + "\" is not a valid ISO 4217 currency.";
  }

  /// A currency code that the organisation has enabled, in upper case.
  public Optional<String> enabled(Fields fields, String name, Need need, Set<String> enabled) {
    Optional<String> code = known(fields, name, need);
    if (code.isPresent() && !enabled.contains(code.get())) {
      fields.problem(name, notEnabled(code.get()));
      return Optional.empty();
    }
    return code;
  }

  static String notEnabled(String code) {
    return "\"" + code + "\" is not an enabled currency.";
  }

  /// A currency code, in upper case.
  public Optional<String> known(Fields fields, String name, Need need) {
    Optional<String> text = fields.text(name, need, Blank.REFUSED, Integer.MAX_VALUE);
    if (text.isEmpty()) {
      return text;
    }
    String code = text.get().toUpperCase(Locale.ROOT);
    if (currencies.find(code).isEmpty()) {
      fields.problem(name, notACurrency(code));
      return Optional.empty();
    }
    return Optional.of(code);
  }
}
