package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A page of rows of public tables as JSON, narrowed by parameters of the query. A value: what to
/// select, from where, in which order, and what each parameter means.
///
/// @param columns an SQL list of `name, value` pairs for `jsonb_build_object`
/// @param from the rest of the statement up to its conditions
/// @param order an SQL list
record Listing(String columns, String from, String order, List<Filter> filters) {
  /// What a parameter means.
  ///
  /// @param parameter its name in the query
  /// @param condition SQL with one `%s` where the bound value belongs
  /// @param value makes the bound value of the parameter's text
  record Filter(String parameter, String condition, Function<String, Object> value) {
    /// The column must equal the text.
    static Filter text(String parameter, String column) {
      return new Filter(parameter, column + " = %s", text -> text);
    }

    /// The column must contain one of the comma-separated texts, in any case.
    static Filter contains(String parameter, String column) {
      return new Filter(
          parameter,
          "exists (select 1 from unnest(%s::text[]) wanted where position(lower(wanted) in lower("
              + column
              + ")) > 0)",
          text -> text.split(",", -1));
    }

    /// The condition must be what the parameter says, `true` or `false`.
    static Filter flag(String parameter, String condition) {
      return new Filter(
          parameter, "(" + condition + ") = %s", text -> text.equalsIgnoreCase("true"));
    }

    /// The expression must be true for the day that the parameter names.
    static Filter day(String parameter, String condition) {
      return new Filter(parameter, condition, Days::of);
    }
  }

  Listing {
    filters = List.copyOf(filters);
  }

  /// A time as it stands in answers.
  static String time(String column) {
    return "to_char(" + column + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
  }

  /// A page of rows and what surrounds them.
  ///
  /// @param data the rows themselves, part of the answer
  record Found(ArrayNode data, ObjectNode envelope) {
    Answer answer() {
      return Answer.json(envelope);
    }
  }

  Future<Answer> answer(TenantReads reads, Request request) {
    return rows(reads, request).map(Found::answer);
  }

  /// @param fixed more conditions, each with its value
  Future<Answer> answer(TenantReads reads, Request request, Page page, List<Bound> fixed) {
    return rows(reads, request, page, fixed).map(Found::answer);
  }

  Future<Found> rows(TenantReads reads, Request request) {
    return rows(reads, request, Page.of(request.query(), Page.Bounds.LIST), List.of());
  }

  /// The one row for which the condition holds.
  Future<ObjectNode> one(TenantReads reads, Bound condition) {
    return reads
        .publicQuery(
            selected() + from + " where " + condition.condition().formatted("$1"),
            Tuple.of(condition.value()))
        .map(
            found -> {
              if (found.size() == 0) {
                throw HttpError.notFound();
              }
              return (ObjectNode) Json.stored(found.iterator().next().getString(0));
            });
  }

  private String selected() {
    return "select jsonb_build_object(" + columns + ")::text ";
  }

  private Future<Found> rows(TenantReads reads, Request request, Page page, List<Bound> fixed) {
    var bound = new ArrayList<>(fixed);
    Query query = request.query();
    for (Filter filter : filters) {
      query
          .last(filter.parameter())
          .filter(text -> !text.isEmpty())
          .ifPresent(text -> bound.add(new Bound(filter.condition(), filter.value().apply(text))));
    }
    var values = new ArrayList<Object>();
    var where = new StringBuilder();
    for (Bound each : bound) {
      values.add(each.value());
      where
          .append(where.isEmpty() ? " where " : " and ")
          .append(each.condition().formatted("$" + values.size()));
    }
    String count = "select count(*) " + from + where;
    String rows =
        selected()
            + from
            + where
            + " order by "
            + order
            + " limit "
            + page.limit()
            + " offset "
            + page.offset();
    return reads
        .publicQuery(count, Tuple.from(values))
        .compose(
            counted ->
                reads
                    .publicQuery(rows, Tuple.from(values))
                    .map(
                        found -> {
                          ArrayNode data = Json.array();
                          found.forEach(row -> data.add(Json.stored(row.getString(0))));
                          long all = counted.iterator().next().getLong(0);
                          return new Found(data, page.envelope(request, all, data));
                        }));
  }

  /// A condition and its value.
  ///
  /// @param condition SQL with one `%s` where the value belongs
  record Bound(String condition, Object value) {}
}
