package io.tawara.gateway.tags;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.inventory.TagCatalogue;
import io.tawara.analytics.inventory.TagDefinition;
import io.tawara.analytics.inventory.TagQuery;
import io.tawara.analytics.inventory.TagStatement;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.lists.ListCsv;
import io.tawara.gateway.reports.params.TagParameters;
import io.tawara.gateway.reports.params.TagParameters.Parsed;
import io.tawara.gateway.reports.params.TagParameters.SenselessParameter;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `tags/…`: every list of [TagCatalogue], the keys with their values and the values of one key.
public final class TagEndpoints {
  private final Questions questions;

  private TagEndpoints(Questions questions) {
    this.questions = questions;
  }

  /// The endpoints of the public API.
  ///
  /// @param lists those that exist in this deployment
  public static List<Endpoint.Builder> publicOnes(Questions questions, List<TagDefinition> lists) {
    var endpoints = new TagEndpoints(questions);
    var all = new ArrayList<Endpoint.Builder>();
    for (TagDefinition list : lists) {
      var parameters = new TagParameters(list);
      all.add(endpoints.endpoint(list, list.path(), parameters, false));
      all.add(endpoints.endpoint(list, list.path() + "{key}/", parameters, true));
    }
    return all;
  }

  private Endpoint.Builder endpoint(
      TagDefinition list, String path, TagParameters parameters, boolean ofKey) {
    return Endpoint.api(path)
        .permission(Permission.of(list.family()))
        .caching(Endpoint.Caching.KEPT)
        .formats(Format.JSON, Format.CSV)
        .described(
            "Tags", ofKey ? "The values of a tag key." : "Tag keys and the values that they have.")
        .get(
            request -> {
              Optional<String> key =
                  ofKey ? Optional.of(request.pathParameter("key")) : Optional.empty();
              return questions.answer(
                  request, (facts, _) -> ask(request, list, parameters, key, facts));
            });
  }

  private Future<Buffer> ask(
      Request request,
      TagDefinition list,
      TagParameters parameters,
      Optional<String> key,
      TenantFacts facts) {
    if (key.isPresent() && !facts.tagKeys(list.family()).containsKey(key.get())) {
      throw HttpError.notFound();
    }
    Parsed parsed = parsed(request, list, parameters, key, facts);
    return questions
        .rows(request.caller().tenant(), TagStatement.of(parsed.query()))
        .map(rows -> rendered(request, parsed, rows.stream().toList()));
  }

  private Parsed parsed(
      Request request,
      TagDefinition list,
      TagParameters parameters,
      Optional<String> key,
      TenantFacts facts) {
    try {
      return Questions.understood(
          request,
          query ->
              parameters.parse(
                  query, key, request.caller().access(), questions.context(facts, list.family())));
    } catch (SenselessParameter senseless) {
      throw HttpError.of(400, senseless.getMessage(), "details");
    }
  }

  private static Buffer rendered(Request request, Parsed parsed, List<Row> rows) {
    TagQuery query = parsed.query();
    ArrayNode data = Json.array();
    for (Row row : rows) {
      if (query.key().isPresent()) {
        if (row.getString("value") != null) {
          data.add(row.getString("value"));
        }
      } else if (row.getString("key") != null) {
        if (parsed.keyOnly()) {
          data.add(row.getString("key"));
        } else {
          data.add(entry(query, row));
        }
      }
    }
    if (request.format() == Format.CSV) {
      return ListCsv.bytes(data);
    }
    long count = rows.getFirst().getLong("count");
    var page = new Page(query.limit(), query.offset());
    ObjectNode envelope = page.envelope(request, count, data);
    ObjectNode meta = (ObjectNode) envelope.get("meta");
    parsed.echo().forEach((name, value) -> meta.set(name, Json.tree(value)));
    return Json.bytes(envelope);
  }

  private static ObjectNode entry(TagQuery query, Row row) {
    ObjectNode entry = Json.object().put("key", row.getString("key"));
    ArrayNode values = entry.putArray("values");
    for (String value : row.getArrayOfStrings("values")) {
      values.add(value);
    }
    long more = row.getLong("total") - TagStatement.VALUES_SHOWN;
    if (more > 0) {
      values.add(more + " more...");
    }
    if (query.list().switches()) {
      entry.put("enabled", row.getBoolean("enabled"));
    }
    if (query.kind().isPresent() && row.getString("kind") != null) {
      entry.put("type", row.getString("kind"));
    }
    return entry;
  }
}
