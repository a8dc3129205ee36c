package io.tawara.ingest.bills;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.ingest.csv.JsonText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What becomes of cells of bills (`data-formats` §2.5, §3.3, §4.6).
final class BillCells {
  static final long NO_TIME = Long.MIN_VALUE;

  private static final int NESTING = 20;
  private static final int PLACES = 9;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(NESTING).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private BillCells() {}

  /// Seconds since 1970 of a time: `YYYY-MM-DD`, with a time of day after `T` or a blank and an
  /// offset, or `MM/DD/YYYY`; without an offset it is UTC. [#NO_TIME] when it is none.
  static long time(String cell) {
    try {
      int length = cell.length();
      if (length >= 8 && length <= 10 && cell.indexOf('/') > 0) {
        String[] parts = cell.split("/", -1);
        if (parts.length != 3) {
          return NO_TIME;
        }
        return LocalDate.of(
                    Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]))
                .toEpochDay()
            * 86_400;
      }
      if (length < 10) {
        return NO_TIME;
      }
      long day = LocalDate.parse(cell.substring(0, 10)).toEpochDay() * 86_400;
      if (length == 10) {
        return day;
      }
      if (length < 16 || cell.charAt(10) != 'T' && cell.charAt(10) != ' ') {
        return NO_TIME;
      }
      int at = 16;
      int second = 0;
      if (at < length && cell.charAt(at) == ':') {
        second = number(cell, at + 1);
        at += 3;
      }
      if (at < length && cell.charAt(at) == '.') {
        at++;
        while (at < length && Character.isDigit(cell.charAt(at))) {
          at++;
        }
      }
      int hour = number(cell, 11);
      int minute = number(cell, 14);
      if (hour > 23 || minute > 59 || second > 59 || cell.charAt(13) != ':') {
        return NO_TIME;
      }
      String offset = cell.substring(at).strip();
      long shift =
          switch (offset) {
            case "", "Z", "UTC" -> 0;
            default -> java.time.ZoneOffset.of(offset).getTotalSeconds();
          };
      return day + hour * 3600L + minute * 60L + second - shift;
    } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException none) {
      return NO_TIME;
    }
  }

  private static int number(String text, int at) {
    return Integer.parseInt(text, at, at + 2, 10);
  }

  /// The day of a time as `YYYY-MM-DD`, blank when it is none.
  static String day(String cell, Consumer<String> keys) {
    long time = time(cell);
    return time == NO_TIME ? "" : LocalDate.ofEpochDay(Math.floorDiv(time, 86_400L)).toString();
  }

  static String text(String cell, Consumer<String> keys) {
    return withoutNul(cell);
  }

  static String withoutNul(String cell) {
    return cell.indexOf('\0') < 0 ? cell : cell.replace("\0", "");
  }

  /// An Azure column of JSON, with or without its braces.
  static String azureJson(String cell, Consumer<String> keys) {
    String text = cell.strip();
    if (text.isEmpty() || text.equals("\"\"")) {
      return "{}";
    }
    if (text.indexOf('{') >= 0) {
      Optional<JsonNode> parsed = parse(text).filter(JsonNode::isObject);
      parsed.ifPresent(object -> object.fieldNames().forEachRemaining(keys));
      return parsed.map(JsonText::of).orElse("{}");
    }
    var members = new LinkedHashMap<String, String>();
    for (String piece : text.split("\",\"", -1)) {
      String[] pair = piece.split("\": \"", -1);
      if (pair.length != 2) {
        break;
      }
      members.put(unquoted(pair[0]), unquoted(pair[1]));
    }
    members.keySet().forEach(keys);
    return JsonText.object(members);
  }

  private static String unquoted(String text) {
    int from = text.startsWith("\"") ? 1 : 0;
    int to = text.length() > from && text.endsWith("\"") ? text.length() - 1 : text.length();
    return text.substring(from, to);
  }

  /// A GCP array of `{"key", "value"}` as an object.
  static String gcpLabels(String cell, Consumer<String> keys) {
    Optional<JsonNode> parsed = cell.isBlank() ? Optional.empty() : parse(cell);
    if (parsed.isEmpty() || !parsed.get().isArray()) {
      return "{}";
    }
    var members = new LinkedHashMap<String, JsonNode>();
    for (JsonNode member : parsed.get()) {
      if (!member.path("key").isTextual()) {
        return "{}";
      }
      members.put(member.path("key").textValue(), member.path("value"));
    }
    if (members.isEmpty()) {
      return "{}";
    }
    var object = JSON.createObjectNode();
    members.forEach(
        (key, value) -> {
          keys.accept(key);
          object.set(key, value.isMissingNode() ? JSON.nullNode() : value);
        });
    return JsonText.of(object);
  }

  /// The first credit of a GCP row as an object.
  static String firstCredit(String cell, Consumer<String> keys) {
    JsonNode credits = credits(cell);
    return credits.isEmpty() ? "{}" : JsonText.of(credits.get(0));
  }

  /// The amount of the first credit.
  static double firstCreditAmount(String cell) {
    JsonNode credits = credits(cell);
    return credits.isEmpty() ? 0 : amount(credits.get(0)).doubleValue();
  }

  /// The amount of the first credit, rounded to nine places.
  static double firstCreditRounded(String cell) {
    return BigDecimal.valueOf(firstCreditAmount(cell))
        .setScale(PLACES, RoundingMode.HALF_UP)
        .doubleValue();
  }

  /// The amount of all credits.
  static double allCreditAmounts(String cell) {
    BigDecimal sum = BigDecimal.ZERO;
    for (JsonNode credit : credits(cell)) {
      sum = sum.add(amount(credit));
    }
    return sum.doubleValue();
  }

  private static BigDecimal amount(JsonNode credit) {
    JsonNode amount = credit.path("amount");
    if (amount.isNumber()) {
      return amount.decimalValue();
    }
    try {
      return amount.isTextual() ? new BigDecimal(amount.textValue()) : BigDecimal.ZERO;
    } catch (NumberFormatException none) {
      return BigDecimal.ZERO;
    }
  }

  private static JsonNode credits(String cell) {
    if (cell.isBlank() || cell.equals("[]")) {
      return JSON.createArrayNode();
    }
    return parse(cell)
        .or(() -> parse(cell.replace('\'', '"').replace("None", "\"None\"")))
        .filter(JsonNode::isArray)
        .orElseGet(JSON::createArrayNode);
  }

  private static Optional<JsonNode> parse(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text));
    } catch (JsonProcessingException none) {
      return Optional.empty();
    }
  }

  /// Makes an object text of members in their order.
  static String object(Map<String, String> members) {
    return JsonText.object(members);
  }
}
