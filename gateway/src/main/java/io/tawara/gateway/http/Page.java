package io.tawara.gateway.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// A cut of a list and the links to its neighbours.
///
/// @param limit how many at most, already bounded
/// @param offset how many to leave out
public record Page(int limit, int offset) {

  /// What an endpoint takes when the caller does not say, and the most that it gives.
  public record Bounds(int standard, int most) {
    /// Most lists.
    public static final Bounds LIST = new Bounds(10, 1000);

    /// Reports, tags, organisations.
    public static final Bounds REPORT = new Bounds(100, 1000);

    /// Resource types.
    public static final Bounds RESOURCE_TYPES = new Bounds(10, 20_000);
  }

  /// Reads `limit` and `offset`. What is not a positive number (for the offset: not a number ≥ 0)
  /// counts as not given; too large a limit becomes the most.
  public static Page of(Query query, Bounds bounds) {
    int limit = query.last("limit").map(Page::number).orElse(-1);
    int offset = query.last("offset").map(Page::number).orElse(-1);
    return new Page(
        limit <= 0 ? bounds.standard() : Math.min(limit, bounds.most()), Math.max(offset, 0));
  }

  /// Refuses a `limit` or an `offset` that is none, for lists that do not overlook it.
  public static void check(Query query) {
    check(query, "limit", 1);
    check(query, "offset", 0);
  }

  private static void check(Query query, String name, int least) {
    query
        .last(name)
        .ifPresent(
            text -> {
              if (!text.strip().matches("[+-]?\\d{1,9}")) {
                throw HttpError.of(400, "A valid integer is required.", name);
              }
              if (Integer.parseInt(text.strip()) < least) {
                throw HttpError.of(
                    400, "Ensure this value is greater than or equal to " + least + ".", name);
              }
            });
  }

  private static int number(String text) {
    String digits = text.strip();
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /// The part of a list that is on this page.
  public <T> List<T> cut(List<T> all) {
    int from = Math.min(offset, all.size());
    int to = (int) Math.min((long) from + limit, all.size());
    return all.subList(from, to);
  }

  /// `{count, limit, offset}`.
  public ObjectNode meta(long count) {
    return Json.object().put("count", count).put("limit", limit).put("offset", offset);
  }

  /// `{first, next, previous, last}` for this request's URL.
  public ObjectNode links(Request request, long count) {
    return links(request.path(), request.query(), count, "limit", "offset");
  }

  /// [#links(Request, long)] with other names for the two parameters, for lists that page by
  /// `filter[limit]`.
  public ObjectNode links(
      String path, Query query, long count, String limitName, String offsetName) {
    Query limited = query.with(limitName, Integer.toString(limit));
    ObjectNode links = Json.object();
    links.put("first", link(path, limited.with(offsetName, "0")));
    links.put(
        "next",
        (long) offset + limit >= count
            ? null
            : link(path, limited.with(offsetName, Integer.toString(offset + limit))));
    if (offset <= 0) {
      links.putNull("previous");
    } else if (offset - limit <= 0) {
      links.put("previous", link(path, limited.without(offsetName)));
    } else {
      links.put("previous", link(path, limited.with(offsetName, Integer.toString(offset - limit))));
    }
    links.put(
        "last", link(path, limited.with(offsetName, Long.toString(Math.max(count - limit, 0)))));
    return links;
  }

  /// The whole envelope.
  public ObjectNode envelope(Request request, long count, ArrayNode data) {
    ObjectNode envelope = Json.object();
    envelope.set("meta", meta(count));
    envelope.set("links", links(request, count));
    envelope.set("data", data);
    return envelope;
  }

  /// What a tenant that does not exist answers to every question about its data.
  static ObjectNode emptyTenant(Request request) {
    ObjectNode envelope = Json.object();
    envelope.set("meta", Json.object().put("count", 0));
    envelope.set("links", new Page(0, 0).links(request, 0));
    envelope.set("data", Json.array());
    return envelope;
  }

  private static String link(String path, Query query) {
    return path + "?" + query.sorted();
  }
}
