package io.tawara.gateway.lists;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A list that can be filtered, ordered and paged, as a value: what can be asked of it and what
/// each question means. One mechanism answers all of them.
///
/// @param dialect how parameters are written and what happens to unknown ones
/// @param filters what rows can be selected by
/// @param columns what rows can be ordered by; a column may be known and have no order of its own
/// @param choices what the answer to an unknown column names
/// @param standard the order that nobody asked for
/// @param shortLimit whether the answer names no larger limit than there are rows
public record ListDefinition<R>(
    Dialect dialect,
    Map<String, Filter<R>> filters,
    Map<String, Filter<R>> exclusions,
    Map<String, Comparator<R>> columns,
    String choices,
    Comparator<R> standard,
    boolean shortLimit) {
  /// What is said of a parameter that is not known, or makes no sense.
  public static final String UNSUPPORTED = "Unsupported parameter or invalid value";

  public ListDefinition {
    filters = Map.copyOf(filters);
    exclusions = Map.copyOf(exclusions);
    columns = Map.copyOf(columns);
  }

  /// Makes a condition of the values that were given for one parameter.
  @FunctionalInterface
  public interface Filter<R> {
    /// @param values in the order in which they came
    /// @param source what an error about them names; null for none
    /// @param all every row, for filters that only take values that occur
    /// @throws HttpError when a value makes no sense
    Predicate<R> of(List<String> values, String source, List<R> all);
  }

  /// How the parameters of a list are written.
  public enum Dialect {
    /// `filter[x]`, `order_by`; anything else is refused in the usual envelope.
    STRICT,
    /// `filter[x]`, `order_by`; anything else is ignored.
    LENIENT,
    /// As [#LENIENT], and filters also work without brackets.
    LENIENT_PLAIN,
    /// `filter[x]`, `exclude[x]`, `order_by[x]`; anything else is refused in a bare object.
    RAW,
    /// Filters are plain parameters, `ordering` orders; anything else is refused.
    PLAIN
  }

  /// The rows that are asked for, in the order that is asked for.
  public List<R> select(Query query, List<R> all) {
    Predicate<R> wanted = row -> true;
    for (Condition condition : conditions(query)) {
      Map<String, Filter<R>> known = condition.exclude() ? exclusions : filters;
      Filter<R> filter = known.get(condition.name());
      if (filter == null) {
        throw unknown(condition);
      }
      Predicate<R> test = filter.of(condition.values(), condition.source(), all);
      wanted = wanted.and(condition.exclude() ? test.negate() : test);
    }
    Comparator<R> order = order(query);
    var rows = new ArrayList<R>();
    for (R row : all) {
      if (wanted.test(row)) {
        rows.add(row);
      }
    }
    rows.sort(order);
    return rows;
  }

  /// The answer to a request for the list.
  ///
  /// @param render makes the elements of one page
  /// @param meta adds to the head of the answer
  public Answer answer(
      Request request,
      List<R> all,
      Function<List<R>, List<ObjectNode>> render,
      Consumer<ObjectNode> meta) {
    return page(request, select(request.query(), all), shortLimit, render, meta);
  }

  /// The answer with the rows of one page.
  ///
  /// @param rows all that were asked for, in order
  /// @param shortLimit as of a definition
  /// @param render makes the elements of one page
  /// @param meta adds to the head of the answer
  public static <R> Answer page(
      Request request,
      List<R> rows,
      boolean shortLimit,
      Function<List<R>, List<ObjectNode>> render,
      Consumer<ObjectNode> meta) {
    Page asked = Page.of(request.query(), Page.Bounds.LIST);
    Page page = shortLimit ? new Page(Math.min(asked.limit(), rows.size()), asked.offset()) : asked;
    ArrayNode data = Json.array();
    data.addAll(render.apply(page.cut(rows)));
    if (request.format() == Format.CSV) {
      return ListCsv.answer(data);
    }
    ObjectNode envelope = page.envelope(request, rows.size(), data);
    meta.accept((ObjectNode) envelope.get("meta"));
    return Answer.json(envelope);
  }

  /// [#answer] of rows that are rendered one by one.
  public Answer answer(Request request, List<R> all, Function<R, ObjectNode> render) {
    return answer(request, all, page -> page.stream().map(render).toList(), meta -> {});
  }

  private record Condition(String name, List<String> values, String source, boolean exclude) {}

  private List<Condition> conditions(Query query) {
    var found = new LinkedHashMap<String, Condition>();
    for (Query.Parameter parameter : query.parameters()) {
      String name = parameter.name();
      if (name.equals("limit") || name.equals("offset")) {
        continue;
      }
      String inner = bracketed(name, "filter");
      String excluded = dialect == Dialect.RAW ? bracketed(name, "exclude") : null;
      if (dialect != Dialect.PLAIN && inner != null) {
        add(found, new Condition(inner, List.of(parameter.value()), filterSource(inner), false));
      } else if (excluded != null) {
        add(found, new Condition(excluded, List.of(parameter.value()), excluded, true));
      } else {
        plain(parameter, found);
      }
    }
    return List.copyOf(found.values());
  }

  /// Filters of lenient lists have always answered without a source.
  private String filterSource(String name) {
    return switch (dialect) {
      case STRICT, RAW, PLAIN -> name;
      case LENIENT, LENIENT_PLAIN -> null;
    };
  }

  private void plain(Query.Parameter parameter, Map<String, Condition> found) {
    String name = parameter.name();
    var condition = new Condition(name, List.of(parameter.value()), name, false);
    switch (dialect) {
      case PLAIN -> {
        if (!name.equals("ordering")) {
          add(found, condition);
        }
      }
      case LENIENT_PLAIN -> {
        if (filters.containsKey(name)) {
          add(found, condition);
        }
      }
      case LENIENT -> {}
      case STRICT -> {
        if (!name.equals("filter") && !isOrder(name)) {
          throw HttpError.of(400, UNSUPPORTED, name);
        }
      }
      case RAW -> {
        if (bracketed(name, "order_by") == null) {
          String group = bracketed(name, "group_by");
          throw group == null ? raw(name, null) : raw("group_by", group);
        }
      }
    }
  }

  private boolean isOrder(String name) {
    return !columns.isEmpty() && (name.equals("order_by") || bracketed(name, "order_by") != null);
  }

  private static void add(Map<String, Condition> found, Condition condition) {
    found.merge(
        (condition.exclude() ? "exclude " : "") + condition.name() + " " + condition.source(),
        condition,
        (earlier, later) -> {
          var values = new ArrayList<>(earlier.values());
          values.addAll(later.values());
          return new Condition(earlier.name(), values, earlier.source(), earlier.exclude());
        });
  }

  private HttpError unknown(Condition condition) {
    return switch (dialect) {
      case RAW -> raw(condition.exclude() ? "exclude" : "filter", condition.name());
      case PLAIN -> HttpError.of(400, cannotResolve(condition.name()), "detail");
      case STRICT, LENIENT, LENIENT_PLAIN -> HttpError.of(400, UNSUPPORTED, condition.name());
    };
  }

  private String cannotResolve(String name) {
    return "Cannot resolve keyword '" + name + "' into field. Choices are: " + choices;
  }

  /// Refuses the value of a parameter of a [Dialect#RAW] list.
  public static HttpError rawRefusal(String name, String inner) {
    return raw(name, inner);
  }

  /// `{"<name>": {"<inner>": ["…"]}}`, not in the usual envelope.
  private static HttpError raw(String name, String inner) {
    return raw(name, inner, UNSUPPORTED);
  }

  private static HttpError raw(String name, String inner, String text) {
    ArrayNode messages = Json.array().add(text);
    return HttpError.plain(
        400,
        Json.object().set(name, inner == null ? messages : Json.object().set(inner, messages)));
  }

  private record Wish(String column, String direction) {}

  private Comparator<R> order(Query query) {
    List<Wish> wishes = wishes(query);
    List<Comparator<R>> orders = new ArrayList<>();
    for (Wish wish : wishes) {
      Comparator<R> column = columns.get(wish.column());
      if (column == null) {
        if (dialect == Dialect.PLAIN) {
          continue;
        }
        throw dialect == Dialect.RAW
            ? raw("order_by", wish.column())
            : HttpError.of(400, cannotResolve(wish.column()), null);
      }
      switch (wish.direction()) {
        case "asc" -> orders.add(column);
        case "desc" -> orders.add(column.reversed());
        default ->
            throw dialect == Dialect.RAW
                ? raw(
                    "order_by",
                    wish.column(),
                    "\"" + wish.direction() + "\" is not a valid choice.")
                : HttpError.of(
                    400,
                    "Invalid order_by parameter: {'%s': '%s'}"
                        .formatted(wish.column(), wish.direction()),
                    null);
      }
    }
    if (orders.isEmpty()) {
      return standard;
    }
    if (dialect == Dialect.RAW) {
      orders = orders.reversed(); // the last one given counts most
    }
    return orders.stream().reduce(Comparator::thenComparing).orElseThrow().thenComparing(standard);
  }

  private List<Wish> wishes(Query query) {
    String name = dialect == Dialect.PLAIN ? "ordering" : "order_by";
    return query.parameters().stream()
        .flatMap(
            parameter -> {
              String inner = bracketed(parameter.name(), name);
              if (inner != null && dialect != Dialect.PLAIN) {
                return Stream.of(new Wish(inner, parameter.value()));
              }
              return parameter.name().equals(name)
                  ? simple(parameter.value())
                  : Stream.<Wish>empty();
            })
        .toList();
  }

  private static Stream<Wish> simple(String value) {
    boolean descending = value.startsWith("-");
    String column = descending ? value.substring(1) : value;
    return column.isEmpty()
        ? Stream.empty()
        : Stream.of(new Wish(column, descending ? "desc" : "asc"));
  }

  private static String bracketed(String name, String outer) {
    return name.startsWith(outer + "[") && name.endsWith("]")
        ? name.substring(outer.length() + 1, name.length() - 1)
        : null;
  }
}
