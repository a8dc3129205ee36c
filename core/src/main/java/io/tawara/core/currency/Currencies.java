package io.tawara.core.currency;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Every currency that can be named, current and historic, in the order of their codes.
public final class Currencies {
  private final SortedMap<String, Currency> byCode;

  private Currencies(SortedMap<String, Currency> byCode) {
    this.byCode = Collections.unmodifiableSortedMap(byCode);
  }

  /// Reads the registry that comes with Tawara (`currencies.tsv`).
  public static Currencies load() {
    var found = new TreeMap<String, Currency>();
    try (var stream = Currencies.class.getResourceAsStream("currencies.tsv");
        var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .forEach(cells -> found.put(cells[0], new Currency(cells[0], cells[1], cells[2])));
    } catch (IOException broken) {
      throw new TawaraException(Category.INTERNAL, "the currency registry is unreadable", broken);
    }
    return new Currencies(found);
  }

  /// Finds a currency by its code in any letter case.
  public Optional<Currency> find(String code) {
    return Optional.ofNullable(byCode.get(code.toUpperCase(Locale.ROOT)));
  }

  /// All of them, by code.
  public Collection<Currency> all() {
    return byCode.values();
  }
}
