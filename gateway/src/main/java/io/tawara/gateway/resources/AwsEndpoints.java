package io.tawara.gateway.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.inventory.CategoryStatement;
import io.tawara.analytics.inventory.OrganizationStatement;
import io.tawara.analytics.inventory.TagCatalogue;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.gateway.access.Allowed;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.access.ResourceType;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.lists.ListCsv;
import io.tawara.gateway.reports.params.TagParameters;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What only AWS has: `organizations/aws/` and `resource-types/aws-categories/`.
public final class AwsEndpoints {
  private static final String KEY_ONLY = "key_only";
  private static final Set<String> CATEGORY_PARAMETERS =
      Set.of("limit", KEY_ONLY, "openshift", "key", "value", "account");

  private final Questions questions;
  private final TagParameters organizations = new TagParameters(TagCatalogue.ORGANIZATIONS);

  private AwsEndpoints(Questions questions) {
    this.questions = questions;
  }

  public static List<Endpoint.Builder> publicOnes(Questions questions) {
    var endpoints = new AwsEndpoints(questions);
    return List.of(
        Endpoint.api(TagCatalogue.ORGANIZATIONS.path())
            .permission(Permission.AWS_UNITS)
            .formats(Format.JSON, Format.CSV)
            .described("Organizations", "The organisational units of AWS.")
            .get(endpoints::organizations),
        Endpoint.api("resource-types/aws-categories/")
            .permission(Permission.AWS_ACCOUNTS)
            .caching(Endpoint.Caching.KEPT)
            .formats(Format.JSON, Format.CSV)
            .described("Resource types", "AWS cost categories and their values.")
            .get(endpoints::categories));
  }

  private Future<Answer> organizations(Request request) {
    return questions
        .facts(request)
        .compose(
            facts -> {
              TagParameters.Parsed parsed =
                  Questions.understood(
                      request,
                      query ->
                          organizations.parse(
                              query,
                              Optional.empty(),
                              request.caller().access(),
                              questions.context(facts, ProviderFamily.AWS)));
              return questions
                  .rows(request.caller().tenant(), OrganizationStatement.of(parsed.query()))
                  .map(rows -> organizations(request, parsed, rows.stream().toList()));
            });
  }

  private static Answer organizations(
      Request request, TagParameters.Parsed parsed, List<Row> rows) {
    ArrayNode data = Json.array();
    for (Row row : rows) {
      if (row.getString("org_unit_id") != null) {
        ObjectNode unit =
            data.addObject()
                .put("org_unit_id", row.getString("org_unit_id"))
                .put("org_unit_name", row.getString("org_unit_name"))
                .put("org_unit_path", row.getString("org_unit_path"))
                .put("level", row.getInteger("level"));
        if (!parsed.keyOnly()) {
          texts(unit.putArray("sub_orgs"), row.getArrayOfStrings("sub_orgs"));
          texts(unit.putArray("accounts"), row.getArrayOfStrings("accounts"));
        }
      }
    }
    if (request.format() == Format.CSV) {
      return ListCsv.answer(data);
    }
    var page = new Page(parsed.query().limit(), parsed.query().offset());
    ObjectNode envelope = page.envelope(request, rows.getFirst().getLong("count"), data);
    ObjectNode meta = (ObjectNode) envelope.get("meta");
    parsed.echo().forEach((name, value) -> meta.set(name, Json.tree(value)));
    return Answer.json(envelope);
  }

  private static void texts(ArrayNode array, String[] values) {
    for (String value : values) {
      array.add(value);
    }
  }

  private Future<Answer> categories(Request request) {
    Query query = request.query();
    for (Query.Parameter parameter : query.parameters()) {
      if (!CATEGORY_PARAMETERS.contains(parameter.name())) {
        ObjectNode body = Json.object();
        body.putArray(parameter.name()).addArray().add("Unsupported parameter");
        throw HttpError.plain(400, body);
      }
    }
    Allowed allowed = request.caller().access().read(ResourceType.AWS_ACCOUNT);
    Optional<List<String>> granted =
        allowed.everything() ? Optional.empty() : Optional.of(allowed.values());
    Optional<String> account = text(query, "account");
    if (granted.isPresent() && account.isPresent() && !granted.get().contains(account.get())) {
      throw HttpError.of(403, "You do not have permission to perform this action.", "detail");
    }
    boolean keyOnly = query.last(KEY_ONLY).filter("true"::equals).isPresent();
    Page page = new Page(Page.of(query, Page.Bounds.RESOURCE_TYPES).limit(), 0);
    return questions
        .rows(
            request.caller().tenant(),
            CategoryStatement.of(
                text(query, "key"),
                text(query, "value"),
                account,
                granted,
                query.last("openshift").filter("true"::equals).isPresent(),
                page.limit()))
        .map(
            rows -> {
              ArrayNode data = Json.array();
              for (Row row : rows) {
                if (row.getString("key") == null) {
                  continue;
                }
                if (keyOnly) {
                  data.add(row.getString("key"));
                } else {
                  ObjectNode entry = data.addObject().put("key", row.getString("key"));
                  texts(entry.putArray("values"), row.getArrayOfStrings("values"));
                  entry.put("enabled", row.getBoolean("enabled") ? "True" : "False");
                }
              }
              return request.format() == Format.CSV
                  ? ListCsv.answer(data)
                  : Answer.json(
                      page.envelope(request, rows.iterator().next().getLong("count"), data));
            });
  }

  private static Optional<String> text(Query query, String name) {
    return query.last(name).filter(text -> !text.isEmpty() && text.indexOf('\0') < 0);
  }
}
