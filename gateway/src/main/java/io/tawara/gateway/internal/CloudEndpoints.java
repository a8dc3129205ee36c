package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.delivery.PollRequest.Reason;
import io.tawara.core.input.Fields;
import io.tawara.core.organization.OrganizationCrawl;
import io.tawara.core.organization.OrganizationTree;
import io.tawara.core.organization.OrganizationTree.Account;
import io.tawara.core.organization.OrganizationTree.Unit;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.ingress.IngressReports;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Asking clouds by hand, their organisations, and what a provider's context allows.
final class CloudEndpoints {
  private static final List<String> CONTEXT_PATHS =
      List.of("/aws_list_account_aliases", "/crawl_hierarchy");
  private static final int MOST_UNITS = 10_000;

  private final GatewayServices services;

  CloudEndpoints(GatewayServices services) {
    this.services = services;
  }

  List<Endpoint.Builder> endpoints() {
    var crawl =
        InternalEndpoints.internal("crawl_account_hierarchy/")
            .described("Account hierarchy", "Asks AWS for the organisation of a source's accounts.")
            .get(request -> blocking(request, connection -> crawl(connection, request)));
    if (services.config().development()) {
      crawl.post(
          request ->
              request
                  .json()
                  .compose(
                      body ->
                          blocking(request, connection -> insertTree(connection, request, body))));
    }
    return List.of(
        InternalEndpoints.internal("download/")
            .described("Download", "Asks clouds now what they have.")
            .get(request -> blocking(request, connection -> download(connection, request))),
        crawl,
        InternalEndpoints.internal("ingress_reports/")
            .described("Posted reports", "Lists posted reports, or fetches one again.")
            .get(request -> blocking(request, connection -> posted(connection, request))),
        InternalEndpoints.internal("additional_context/")
            .described("Context", "What a provider's account is known to forbid.")
            .get(request -> blocking(request, connection -> context(connection, request)))
            .post(
                request ->
                    request
                        .json()
                        .compose(
                            body ->
                                blocking(
                                    request, connection -> change(connection, request, body)))));
  }

  private interface Work {
    JsonNode perform(Connection connection) throws SQLException;
  }

  private Future<Answer> blocking(Request request, Work work) {
    return services
        .blocking()
        .call(request, () -> Answer.json(services.database().transaction(work::perform)));
  }

  // Downloads

  private ObjectNode download(Connection connection, Request request) throws SQLException {
    Optional<String> uuid = text(request, "provider_uuid");
    Optional<YearMonth> month = text(request, "bill_date").map(CloudEndpoints::month);
    boolean summarise =
        text(request, "summarize_reports")
            .map(value -> value.equalsIgnoreCase("true"))
            .orElse(true);
    List<Provider> asked =
        uuid.isPresent() ? one(connection, uuid.get()) : all(connection, request);
    String id = services.ids().next().toString();
    for (Provider provider : asked) {
      PollRequest poll = PollRequest.of(provider.id(), Reason.ASKED).summarising(summarise);
      poll = month.isPresent() ? poll.in(month.get()) : poll;
      id = Long.toString(services.work().add(connection, poll.item(request.requestId())));
    }
    return Json.object().put("Download Request Task ID", id);
  }

  private static List<Provider> one(Connection connection, String uuid) throws SQLException {
    Provider provider =
        RecalculationEndpoints.find(connection, uuid)
            .orElseThrow(
                () -> RecalculationEndpoints.bad("The provider_uuid " + uuid + " does not exist."));
    if (provider.type() == ProviderType.OCP) {
      throw RecalculationEndpoints.bad("OpenShift clusters send by themselves.");
    }
    return List.of(provider);
  }

  /// All that may be asked: active and not paused.
  private static List<Provider> all(Connection connection, Request request) throws SQLException {
    Optional<String> name = text(request, "provider_type");
    Optional<ProviderType> type = name.flatMap(ProviderType::ofName);
    if (name.isPresent() && type.isEmpty()) {
      throw RecalculationEndpoints.bad("provider_type " + name.get() + " is not known.");
    }
    List<ProviderType> types =
        Stream.of(ProviderType.values())
            .filter(each -> each != ProviderType.OCP)
            .filter(each -> type.isEmpty() || each == type.get())
            .toList();
    return Providers.ofTypes(connection, types).stream()
        .filter(provider -> provider.active() && !provider.paused())
        .toList();
  }

  /// `YYYY-MM-DD`, `YYYY-MM` or `YYYYMM`.
  private static YearMonth month(String text) {
    try {
      String digits = text.replace("-", "");
      return YearMonth.of(
          Integer.parseInt(digits.substring(0, 4)), Integer.parseInt(digits.substring(4, 6)));
    } catch (RuntimeException wrong) {
      throw RecalculationEndpoints.bad("bill_date is not a date: YYYY-MM-DD.");
    }
  }

  // Posted reports

  private JsonNode posted(Connection connection, Request request) throws SQLException {
    String schema =
        text(request, "schema_name")
            .orElseThrow(
                () -> RecalculationEndpoints.bad("schema_name must be supplied as a parameter."));
    RecalculationEndpoints.checkQueue(request);
    if (!request.query().has("download")) {
      String uuid =
          text(request, "provider_uuid")
              .orElseThrow(
                  () ->
                      RecalculationEndpoints.bad(
                          "provider_uuid must be supplied as a parameter for fetching reports."));
      List<ObjectNode> all =
          Fields.uuid(uuid).isPresent()
              ? IngressReports.list(connection, schema, Fields.uuid(uuid))
              : List.of();
      Page page = Page.of(request.query(), Page.Bounds.LIST);
      return page.envelope(request, all.size(), Json.array(page.cut(all), item -> item));
    }
    String uuid =
        text(request, "ingress_uuid")
            .orElseThrow(
                () ->
                    RecalculationEndpoints.bad(
                        "ingress_uuid must be supplied as a parameter for downloads."));
    var id = Fields.uuid(uuid);
    Optional<ObjectNode> report =
        id.isPresent() ? IngressReports.find(connection, schema, id.get()) : Optional.empty();
    ObjectNode found =
        report.orElseThrow(
            () -> RecalculationEndpoints.bad("ingress_uuid " + uuid + " does not exist."));
    PollRequest poll =
        PollRequest.of(Fields.uuid(found.get("source").asText()).orElseThrow(), Reason.POSTED)
            .posted(id);
    long item = services.work().add(connection, poll.item(request.requestId()));
    return Json.object().put("Ingress Reports Download Request Task ID", Long.toString(item));
  }

  // Organisations

  private ObjectNode crawl(Connection connection, Request request) throws SQLException {
    Provider provider = aws(connection, request);
    long id =
        services.work().add(connection, OrganizationCrawl.item(provider.id(), request.requestId()));
    return Json.object().put("Crawl Account Hierarchy Task ID", Long.toString(id));
  }

  private static Provider aws(Connection connection, Request request) throws SQLException {
    String uuid =
        text(request, "provider_uuid")
            .orElseThrow(
                () -> RecalculationEndpoints.bad("provider_uuid is a required parameter."));
    Provider provider =
        RecalculationEndpoints.find(connection, uuid)
            .orElseThrow(
                () -> RecalculationEndpoints.bad("The provider_uuid " + uuid + " does not exist."));
    if (provider.type().base() != ProviderType.AWS) {
      throw RecalculationEndpoints.bad("The provider_uuid " + uuid + " is not of type AWS.");
    }
    return provider;
  }

  /// Trees for tests, day by day; answers the body.
  private JsonNode insertTree(Connection connection, Request request, JsonNode body)
      throws SQLException {
    Provider provider = aws(connection, request);
    String schema = body.path("schema").asText("");
    if (schema.isEmpty()) {
      throw RecalculationEndpoints.bad("schema is a required parameter.");
    }
    if (!schema.equals(provider.tenant().name())) {
      throw RecalculationEndpoints.bad(
          "provider_uuid " + provider.id() + " is not associated with schema " + schema + ".");
    }
    JsonNode days = body.path("account_structure").path("days");
    if (!days.isArray()) {
      throw RecalculationEndpoints.bad("Unexpected json structure. Can not find days key.");
    }
    LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
    var seen = new ArrayList<OrganizationCrawl.Seen>();
    for (JsonNode each : days) {
      JsonNode day = each.path("day");
      seen.add(new OrganizationCrawl.Seen(day(day.path("date"), today), tree(day.path("nodes"))));
    }
    OrganizationCrawl.store(
        connection, services.work(), provider, seen, Optional.empty(), request.requestId());
    return body;
  }

  /// A number of days relative to today, or a day.
  private static LocalDate day(JsonNode date, LocalDate today) {
    if (date.isIntegralNumber() && date.canConvertToInt()) {
      return today.plusDays(date.asInt());
    }
    try {
      return LocalDate.parse(date.asText(""));
    } catch (DateTimeParseException wrong) {
      throw RecalculationEndpoints.bad(
          "day.date must be a number of days relative to today, or a day: YYYY-MM-DD.");
    }
  }

  private static OrganizationTree tree(JsonNode nodes) {
    if (!nodes.isArray() || nodes.size() > MOST_UNITS) {
      throw RecalculationEndpoints.bad(
          "Unexpected json structure. Can not find nodes of a day, or too many.");
    }
    var units = new ArrayList<Unit>();
    for (JsonNode node : nodes) {
      var accounts = new ArrayList<Account>();
      for (JsonNode account : node.path("accounts")) {
        accounts.add(
            new Account(
                need(account, "account_alias_id"),
                account.path("account_alias_name").asText(null)));
      }
      units.add(
          new Unit(
              need(node, "org_unit_id"),
              need(node, "org_unit_name"),
              Optional.of(node.path("parent_path").asText("")).filter(path -> !path.isEmpty()),
              accounts));
    }
    return new OrganizationTree(units);
  }

  private static String need(JsonNode node, String name) {
    String value = node.path(name).asText("");
    if (value.isEmpty() || value.length() > 250) {
      throw RecalculationEndpoints.bad("Unexpected json structure. Can not find " + name + ".");
    }
    return value;
  }

  // Context

  private static JsonNode context(Connection connection, Request request) throws SQLException {
    return provider(connection, request).additionalContext();
  }

  private static JsonNode change(Connection connection, Request request, JsonNode body)
      throws SQLException {
    Provider provider = provider(connection, request);
    if (!body.isArray() || Stream.of(items(body)).anyMatch(item -> !item.isObject())) {
      throw RecalculationEndpoints.bad("Post body must be a list of dictionaries.");
    }
    ObjectNode context = provider.additionalContext().deepCopy();
    for (JsonNode item : items(body)) {
      for (String member : List.of("op", "path")) {
        if (!item.has(member)) {
          throw RecalculationEndpoints.bad("Missing path in body (" + member + ").");
        }
      }
      String path = item.get("path").asText();
      if (!CONTEXT_PATHS.contains(path)) {
        throw RecalculationEndpoints.bad("Invalid path supplied: " + path);
      }
      apply(context, item, path);
    }
    try (var update =
        connection.prepareStatement(
            "update public.api_provider set additional_context = ?::jsonb where uuid = ?")) {
      update.setString(1, context.toString());
      update.setObject(2, provider.id());
      update.executeUpdate();
    }
    return context;
  }

  private static void apply(ObjectNode context, JsonNode item, String path) {
    String member = path.substring(1);
    switch (item.get("op").asText()) {
      case "remove" -> context.remove(member);
      case "replace" -> {
        JsonNode value = item.path("value");
        if (!value.isBoolean()) {
          throw RecalculationEndpoints.bad(
              "Invalid value supplied: path: " + path + ", value: " + value.asText() + ".");
        }
        context.set(member, value);
      }
      default ->
          throw RecalculationEndpoints.bad("Only the remove and replace operations are supported.");
    }
  }

  private static JsonNode[] items(JsonNode array) {
    var all = new JsonNode[array.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = array.get(i);
    }
    return all;
  }

  private static Provider provider(Connection connection, Request request) throws SQLException {
    String schema = parameter(request, "schema");
    String uuid = parameter(request, "provider_uuid");
    return RecalculationEndpoints.find(connection, uuid)
        .filter(found -> found.tenant().name().equals(schema))
        .orElseThrow(
            () -> RecalculationEndpoints.bad("The provider_uuid " + uuid + " does not exist."));
  }

  private static String parameter(Request request, String name) {
    return text(request, name)
        .orElseThrow(() -> RecalculationEndpoints.bad("Parameter missing. Required: " + name));
  }

  private static Optional<String> text(Request request, String name) {
    return request.query().last(name).filter(value -> !value.isEmpty());
  }
}
