package io.tawara.ingest.csv;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/// The spellings that count as an empty cell (`data-formats` §1.7): exact, case-sensitive, whole
/// cell.
public final class NotAvailable {
  private static final Set<String> TOKENS =
      Set.of(
          "#N/A",
          "#N/A N/A",
          "#NA",
          "-1.#IND",
          "-1.#QNAN",
          "-NaN",
          "-nan",
          "1.#IND",
          "1.#QNAN",
          "<NA>",
          "N/A",
          "NA",
          "NULL",
          "NaN",
          "None",
          "n/a",
          "nan",
          "null");
  private static final int SHORTEST = 2;
  private static final int LONGEST = 8;
  private static final String FIRST = "#-1<Nn";

  private NotAvailable() {}

  public static boolean is(String cell) {
    return TOKENS.contains(cell);
  }

  public static boolean is(byte[] data, int from, int to) {
    int length = to - from;
    return length >= SHORTEST
        && length <= LONGEST
        && FIRST.indexOf(data[from]) >= 0
        && TOKENS.contains(new String(data, from, length, StandardCharsets.ISO_8859_1));
  }
}
