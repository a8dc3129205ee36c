package io.tawara.gateway.reports.params;

import io.tawara.gateway.reports.params.Checked.Bad;
import io.tawara.gateway.reports.params.Checked.Good;
import io.tawara.gateway.reports.params.QueryValue.Many;
import io.tawara.gateway.reports.params.QueryValue.Nested;
import io.tawara.gateway.reports.params.QueryValue.Text;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The kinds of parameters there are (params §2, §3).
final class Fields {
  private static final String BLANK = "This field may not be blank.";
  private static final String NULL_CHARACTER = "Null characters are not allowed.";
  private static final String NOT_TEXT = "Not a valid string.";
  private static final String NOT_WHOLE = "A valid integer is required.";
  private static final String NOT_DATE =
      "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
  private static final Pattern WHOLE = Pattern.compile("([+-]?\\d{1,18})(?:\\.0*)?");
  private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})");
  private static final Set<String> TRUE =
      Set.of(
          "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1");
  private static final Set<String> FALSE =
      Set.of(
          "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
          "0");

  private Fields() {}

  /// A whole number, not bounded.
  static Field whole() {
    return whole(Long.MIN_VALUE);
  }

  /// A whole number of at least a minimum.
  static Field whole(long minimum) {
    return (value, _) -> {
      if (!(value instanceof Text(String text))) {
        return Checked.bad(NOT_WHOLE);
      }
      var matcher = WHOLE.matcher(text.strip());
      if (!matcher.matches()) {
        return Checked.bad(NOT_WHOLE);
      }
      long number = Long.parseLong(matcher.group(1));
      return number < minimum
          ? Checked.bad("Ensure this value is greater than or equal to " + minimum + ".")
          : new Good(number);
    };
  }

  /// One of a few texts.
  static Field choice(Set<String> choices) {
    return (value, _) ->
        value instanceof Text(String text) && choices.contains(text)
            ? new Good(text)
            : Checked.bad("\"" + value.printed() + "\" is not a valid choice.");
  }

  /// One of a few texts, with a refusal of its own.
  static Field choice(Set<String> choices, String refusal) {
    return (value, _) ->
        value instanceof Text(String text) && choices.contains(text)
            ? new Good(text)
            : Checked.bad(refusal);
  }

  /// One of a few texts that is understood as a list of what it stands for.
  static Field choice(Map<String, String> choices) {
    Field choice = choice(choices.keySet());
    return (value, asked) ->
        choice.check(value, asked) instanceof Good(String text)
            ? new Good(List.of(choices.get(text)))
            : choice.check(value, asked);
  }

  /// A text that is not blank.
  static Field text() {
    return (value, _) -> {
      if (!(value instanceof Text(String text))) {
        return Checked.bad(NOT_TEXT);
      }
      String problem = problem(text);
      return problem == null ? new Good(text.strip()) : Checked.bad(problem);
    };
  }

  /// `true` or `false` in one of their many spellings.
  static Field flag() {
    return (value, _) -> {
      String text = value.printed();
      return TRUE.contains(text)
          ? new Good(true)
          : FALSE.contains(text) ? new Good(false) : Checked.bad("Must be a valid boolean.");
    };
  }

  /// A day, not bounded.
  static Field day() {
    return (value, _) -> {
      LocalDate day = value instanceof Text(String text) ? parseDay(text) : null;
      return day == null ? Checked.bad(NOT_DATE) : new Good(day);
    };
  }

  /// A day between the start of retention and tomorrow.
  static Field retainedDay(String name) {
    Field day = day();
    return (value, asked) -> {
      Checked checked = day.check(value, asked);
      if (checked instanceof Good(LocalDate date)
          && (date.isBefore(asked.context().retentionStart())
              || date.isAfter(asked.context().today().plusDays(1)))) {
        return Checked.bad(
            "Parameter %s must be from %s to %s"
                .formatted(
                    name, asked.context().retentionStart(), asked.context().today().plusDays(1)));
      }
      return checked;
    };
  }

  /// Texts, separated by commas or given by repetition.
  static Field texts() {
    return (value, _) -> {
      List<String> given;
      switch (value) {
        case Text(String text) -> given = List.of(text);
        case Many(List<String> texts) -> given = texts;
        case Nested _ -> {
          return Checked.bad("Expected a list of items but got type \"dict\".");
        }
      }
      var values = new ArrayList<String>();
      var problems = new LinkedHashMap<String, Object>();
      int index = 0;
      for (String text : given) {
        for (String part : text.split(",", -1)) {
          String problem = problem(part);
          if (problem != null) {
            problems.put(Integer.toString(index), List.of(problem));
          }
          values.add(part.strip());
          index++;
        }
      }
      return problems.isEmpty() ? new Good(List.copyOf(values)) : new Bad(problems);
    };
  }

  /// The code of a currency that the organisation has enabled.
  static Field currency() {
    Field text = text();
    return (value, asked) -> {
      if (!(text.check(value, asked) instanceof Good(String given))) {
        return text.check(value, asked);
      }
      String code = given.toUpperCase(Locale.ROOT);
      if (!isIsoCurrency(code)) {
        return Checked.bad("\"" + code + "\" is not a valid ISO 4217 currency.");
      }
      return asked.context().enabledCurrencies().contains(code)
          ? new Good(code)
          : Checked.bad("\"" + code + "\" is not an enabled currency.");
    };
  }

  /// Names of cost groups, or `*` for all of them.
  static Field categories() {
    Field texts = texts();
    return (value, asked) -> {
      if (!(texts.check(value, asked) instanceof Good(List<?> given))) {
        return texts.check(value, asked);
      }
      if (given.contains("*")) {
        return new Good(asked.context().costGroups());
      }
      var unknown = new TreeSet<String>();
      given.forEach(name -> unknown.add((String) name));
      unknown.removeAll(asked.context().costGroups());
      return unknown.isEmpty()
          ? new Good(given)
          : new Bad(
              Map.of(
                  "error",
                  unknown.stream()
                      .map(QueryValue::quoted)
                      .collect(Collectors.joining(", ", "Unsupported category(ies): {", "}"))));
    };
  }

  static boolean isIsoCurrency(String code) {
    return Currency.getAvailableCurrencies().stream()
        .anyMatch(currency -> currency.getCurrencyCode().equals(code));
  }

  private static String problem(String text) {
    if (text.isBlank()) {
      return BLANK;
    }
    return text.indexOf('\0') >= 0 ? NULL_CHARACTER : null;
  }

  private static LocalDate parseDay(String text) {
    var matcher = DATE.matcher(text.strip());
    if (!matcher.matches() || matcher.group(1).equals("0000")) {
      return null;
    }
    try {
      return LocalDate.of(
          Integer.parseInt(matcher.group(1)),
          Integer.parseInt(matcher.group(2)),
          Integer.parseInt(matcher.group(3)));
    } catch (DateTimeException noSuchDay) {
      return null;
    }
  }
}
