package io.tawara.gateway.lists;

import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.lists.ListDefinition.Filter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/// The ways in which lists are filtered.
public final class Filters {
  private static final Set<String> YES = Set.of("true", "True", "1");
  private static final Set<String> NO = Set.of("false", "False", "0");

  private Filters() {}

  /// Any of the values is contained in the text, in any letter case. A comma is part of a value.
  public static <R> Filter<R> contains(Function<R, String> text) {
    return (values, source, all) -> {
      List<String> wanted = values.stream().map(Filters::clean).map(Filters::fold).toList();
      return row -> {
        String folded = text.apply(row) == null ? null : fold(text.apply(row));
        return folded != null && wanted.stream().anyMatch(folded::contains);
      };
    };
  }

  /// As [#contains], a comma separates values.
  public static <R> Filter<R> containsAny(Function<R, String> text) {
    Filter<R> contains = contains(text);
    return (values, source, all) -> contains.of(split(values), source, all);
  }

  /// Any of the texts of a row contains any of the values; a comma separates values.
  public static <R> Filter<R> containsIn(Function<R, ? extends Collection<String>> texts) {
    return (values, source, all) -> {
      List<String> wanted = split(values).stream().map(Filters::fold).toList();
      return row ->
          texts.apply(row).stream()
              .map(Filters::fold)
              .anyMatch(text -> wanted.stream().anyMatch(text::contains));
    };
  }

  /// Every value (separated by commas) is contained in the text.
  public static <R> Filter<R> containsAll(Function<R, String> text) {
    return (values, source, all) -> {
      List<String> wanted = split(values).stream().map(Filters::fold).toList();
      return row -> {
        String folded = fold(text.apply(row));
        return wanted.stream().allMatch(folded::contains);
      };
    };
  }

  /// Every value (separated by commas) is the text, in any letter case.
  public static <R> Filter<R> equalsAll(Function<R, String> text) {
    return (values, source, all) -> {
      List<String> wanted = split(values);
      return row -> wanted.stream().allMatch(value -> value.equalsIgnoreCase(text.apply(row)));
    };
  }

  /// Any of the values is the text, in any letter case.
  public static <R> Filter<R> equalsIgnoringCase(Function<R, String> text) {
    return (values, source, all) ->
        row -> values.stream().anyMatch(value -> value.equalsIgnoreCase(text.apply(row)));
  }

  /// Any of the values is the text; a value that no row has is refused.
  public static <R> Filter<R> oneThatOccurs(Function<R, String> text) {
    return (values, source, all) -> {
      for (String value : values) {
        if (all.stream().noneMatch(row -> value.equals(text.apply(row)))) {
          throw HttpError.of(
              400,
              "Select a valid choice. " + value + " is not one of the available choices.",
              source);
        }
      }
      return row -> values.contains(text.apply(row));
    };
  }

  /// True or false; anything else, and a repeated parameter, is ignored.
  public static <R> Filter<R> flag(Predicate<R> test) {
    return (values, source, all) -> {
      String value = values.size() == 1 ? values.getFirst() : "";
      // without brackets the letter case never mattered
      String read = source == null ? value : value.toLowerCase(Locale.ROOT);
      return YES.contains(read) ? test : NO.contains(read) ? test.negate() : row -> true;
    };
  }

  /// One of several ids, separated by commas or repeated; what is no id is refused.
  ///
  /// @param text what the answer to a bad value says, with `%s` for the value
  public static <R> Filter<R> ids(Function<R, Collection<UUID>> ids, String text) {
    return (values, source, all) -> {
      List<UUID> wanted =
          split(values).stream()
              .map(
                  value ->
                      io.tawara.core.input.Fields.uuid(value)
                          .orElseThrow(() -> HttpError.of(400, text.formatted(value), source)))
              .toList();
      return row -> ids.apply(row).stream().anyMatch(wanted::contains);
    };
  }

  /// Values of repeated parameters, each cut at its commas.
  public static List<String> split(List<String> values) {
    return values.stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .map(String::strip)
        .map(Filters::clean)
        .toList();
  }

  private static String clean(String value) {
    if (value.indexOf('\0') >= 0) {
      throw HttpError.of(400, "Null characters are not allowed.", null);
    }
    return value;
  }

  private static String fold(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
