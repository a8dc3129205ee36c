package io.tawara.gateway.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.inventory.ResourceCatalogue;
import io.tawara.analytics.inventory.ResourceCatalogue.ListedType;
import io.tawara.analytics.inventory.ResourceDefinition;
import io.tawara.analytics.inventory.ResourceQuery;
import io.tawara.analytics.inventory.ResourceStatement;
import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.access.Allowed;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.access.ResourceType;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.lists.ListCsv;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `resource-types/…`: what access can be given on, and every list of [ResourceCatalogue].
public final class ResourceEndpoints {
  private static final String OPENSHIFT = "openshift";
  private static final String SEARCH = "search";
  private static final String LIMIT = "limit";

  /// Parameters that narrow OpenShift resources to what clouds bill for, and the clouds.
  private static final Map<String, List<String>> CLOUDS = clouds();

  private final Questions questions;
  private final String root;

  private ResourceEndpoints(Questions questions, String root) {
    this.questions = questions;
    this.root = root;
  }

  /// The endpoints of the public API.
  ///
  /// @param root of the API, with a closing slash
  /// @param lists those that exist in this deployment
  public static List<Endpoint.Builder> publicOnes(
      Questions questions, String root, List<ResourceDefinition> lists) {
    var endpoints = new ResourceEndpoints(questions, root);
    var all = new ArrayList<Endpoint.Builder>();
    all.add(
        Endpoint.api("resource-types/")
            .formats(Format.JSON, Format.CSV)
            .described("Resource Types", "What access can be given on.")
            .get(request -> questions.answer(request, (facts, _) -> endpoints.types(request))));
    for (ResourceDefinition list : lists) {
      all.add(
          Endpoint.api(list.path())
              .permission(Permission.read(types(list)))
              .formats(Format.JSON, Format.CSV)
              .described("Resource Types", "The resources of a type.")
              .get(
                  request ->
                      questions.answer(request, (facts, _) -> endpoints.list(request, list))));
    }
    return all;
  }

  private static ResourceType[] types(ResourceDefinition list) {
    return list.access().keySet().stream()
        .map(name -> ResourceType.ofName(name).orElseThrow())
        .toArray(ResourceType[]::new);
  }

  private Future<Buffer> types(Request request) {
    List<ListedType> types = ResourceCatalogue.TYPES;
    return questions
        .rows(request.caller().tenant(), ResourceStatement.counts(types))
        .map(
            rows -> {
              Row counts = rows.iterator().next();
              ArrayNode data = Json.array();
              for (int i = 0; i < types.size(); i++) {
                ObjectNode entry = Json.object().put("value", types.get(i).name());
                types.get(i).path().ifPresent(path -> entry.put("path", root + path));
                data.add(entry.put("count", counts.getLong(i)));
              }
              return rendered(
                  request, Page.of(request.query(), Page.Bounds.LIST), data.size(), data);
            });
  }

  private Future<Buffer> list(Request request, ResourceDefinition all) {
    Query query = request.query();
    refuseUnknown(query, all);
    Optional<List<String>> clouds = clouds(query, all);
    ResourceDefinition list = clouds.flatMap(_ -> all.billed()).orElse(all);
    Page page = new Page(Page.of(query, Page.Bounds.RESOURCE_TYPES).limit(), 0);
    var asked =
        new ResourceQuery(
            list,
            query.last(SEARCH).filter(text -> !text.isEmpty()).map(ResourceEndpoints::clean),
            parts(query, list),
            clouds,
            query.last(OPENSHIFT).filter("true"::equals).isPresent(),
            restriction(list, request.caller().access()),
            page.limit(),
            page.offset());
    return questions
        .rows(request.caller().tenant(), ResourceStatement.of(asked))
        .map(
            rows -> {
              ArrayNode data = Json.array();
              for (Row row : rows) {
                if (row.getString("value") != null) {
                  ObjectNode entry = Json.object();
                  list.alias()
                      .ifPresent(alias -> entry.put(alias.member(), row.getString("alias")));
                  data.add(entry.put("value", row.getString("value")));
                }
              }
              return rendered(request, page, rows.iterator().next().getLong("count"), data);
            });
  }

  private static Buffer rendered(Request request, Page page, long count, ArrayNode data) {
    return request.format() == Format.CSV
        ? ListCsv.bytes(data)
        : Json.bytes(page.envelope(request, count, data));
  }

  /// Only the first parameter that is not known is named.
  private static void refuseUnknown(Query query, ResourceDefinition list) {
    for (Query.Parameter parameter : query.parameters()) {
      String name = parameter.name();
      boolean known =
          name.equals(LIMIT)
              || (list.search() && name.equals(SEARCH))
              || list.filters().containsKey(name)
              || (list.onCloud().isPresent() && name.equals(OPENSHIFT))
              || (list.billed().isPresent() && CLOUDS.containsKey(name));
      if (!known) {
        throw refused(Map.of(name, "Unsupported parameter"));
      }
    }
  }

  private static HttpError refused(Map<String, String> problems) {
    ObjectNode body = Json.object();
    problems.forEach((name, problem) -> body.putArray(name).addArray().add(problem));
    return HttpError.plain(400, body);
  }

  private static Optional<List<String>> clouds(Query query, ResourceDefinition list) {
    if (list.billed().isEmpty()) {
      return Optional.empty();
    }
    List<String> asked =
        CLOUDS.keySet().stream()
            .filter(name -> query.last(name).filter("true"::equals).isPresent())
            .toList();
    if (asked.size() > 1) {
      var problems = new LinkedHashMap<String, String>();
      asked.forEach(
          name ->
              problems.put(name, "Only one cloud provider parameter can be supplied at a time."));
      throw refused(problems);
    }
    return asked.stream().findFirst().map(CLOUDS::get);
  }

  private static Map<String, String> parts(Query query, ResourceDefinition list) {
    var parts = new HashMap<String, String>();
    list.filters()
        .keySet()
        .forEach(
            name ->
                query
                    .last(name)
                    .filter(text -> !text.isEmpty())
                    .ifPresent(text -> parts.put(name, clean(text))));
    return parts;
  }

  private static String clean(String text) {
    if (text.indexOf('\0') >= 0) {
      throw HttpError.of(400, "Null characters are not allowed.", "detail");
    }
    return text;
  }

  /// Lists that are empty do not narrow: whoever asks may see some of another type.
  private static AccessRestriction restriction(ResourceDefinition list, Access access) {
    var granted = new HashMap<String, List<String>>();
    for (String name : list.access().keySet()) {
      Allowed allowed = access.read(ResourceType.ofName(name).orElseThrow());
      if (!allowed.everything() && !allowed.isEmpty()) {
        granted.put(name, allowed.values());
      }
    }
    return new AccessRestriction(granted);
  }

  private static Map<String, List<String>> clouds() {
    var clouds = new LinkedHashMap<String, List<String>>();
    clouds.put("aws", List.of("AWS"));
    clouds.put("azure", List.of("Azure"));
    clouds.put("gcp", List.of("GCP"));
    clouds.put("all_cloud", List.of("AWS", "Azure", "GCP"));
    return clouds;
  }
}
