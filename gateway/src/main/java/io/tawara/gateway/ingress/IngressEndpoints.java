package io.tawara.gateway.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.input.Fields;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/// `ingress/reports/`: customers post names of files of their bill that they filtered
/// (`sources-and-ingestion-4` §7).
public final class IngressEndpoints {
  private static final int LONGEST_KEY = 256;
  private static final int MOST_KEYS = 1_000;

  private final GatewayServices services;
  private final ProviderCheck check;
  private final Credentials credentials;

  /// @param check asks clouds whether files are there
  public IngressEndpoints(GatewayServices services, ProviderCheck check) {
    this.services = services;
    this.check = check;
    this.credentials = new Credentials(services.cipher());
  }

  public List<Endpoint.Builder> endpoints() {
    return List.of(
        Endpoint.api("ingress/reports/")
            .permission(Permission.SETTINGS)
            .described("Posted reports", "Files of a bill that the organisation filtered itself.")
            .get(request -> blocking(request, () -> list(request, Optional.empty())))
            .post(
                request ->
                    request.json().compose(body -> blocking(request, () -> post(request, body)))),
        Endpoint.api("ingress/reports/{source}/")
            .permission(Permission.SETTINGS)
            .described("Posted reports of a source", "Files that were posted for one source.")
            .get(request -> blocking(request, () -> ofSource(request))));
  }

  private Future<Answer> blocking(Request request, Callable<Answer> work) {
    return services.blocking().call(request, work);
  }

  // Reading

  private Answer ofSource(Request request) {
    UUID source =
        Fields.uuid(request.pathParameter("source"))
            .orElseThrow(() -> error(400, "Invalid request."));
    return list(request, Optional.of(source));
  }

  private Answer list(Request request, Optional<UUID> source) {
    List<ObjectNode> all =
        services
            .database()
            .transaction(
                connection ->
                    IngressReports.list(connection, request.caller().tenant().name(), source));
    if (source.isPresent() && all.isEmpty()) {
      throw error(404, "Source not found.");
    }
    Page page = Page.of(request.query(), Page.Bounds.LIST);
    return Answer.json(page.envelope(request, all.size(), Json.array(page.cut(all), item -> item)));
  }

  // Posting

  private record Found(Provider provider, int sourceId, ProviderDraft draft) {}

  private Answer post(Request request, JsonNode body) {
    Caller caller = request.caller();
    Found found =
        services
            .database()
            .transaction(connection -> find(connection, caller, body.path("source")))
            .orElseThrow(() -> error(400, "Invalid request."));
    ProviderType type = found.provider().type();
    if (type == ProviderType.OCP) {
      throw new InvalidInputException(
          "source_type", "Invalid source_type, " + type.wireName() + ", provided.");
    }
    ArrayNode keys = keys(body.path("reports_list"));
    String year = text(body, "bill_year");
    String month = text(body, "bill_month");
    checkPeriod(year, month);
    var names = new ArrayList<String>();
    keys.forEach(key -> names.add(key.asText()));
    check.checkFiles(found.draft(), names);
    UUID report = services.ids().next();
    services
        .database()
        .run(
            connection -> {
              Instant now = services.clock().instant();
              if (!services.config().onPremise()
                  && IngressReports.pending(
                      connection,
                      found.provider().id(),
                      year,
                      month,
                      today().atStartOfDay().toInstant(ZoneOffset.UTC))) {
                throw new InvalidInputException(
                    "Processing",
                    "Reports for billing month %s are currently already being processed. New reports cannot be processed until the current reports are completed."
                        .formatted(month));
              }
              IngressReports.insert(
                  connection,
                  report,
                  found.provider().id(),
                  keys,
                  year,
                  month,
                  caller.tenant().name(),
                  now);
              services
                  .work()
                  .add(
                      connection,
                      PollRequest.of(found.provider().id(), PollRequest.Reason.POSTED)
                          .in(YearMonth.of(Integer.parseInt(year), Integer.parseInt(month)))
                          .posted(Optional.of(report))
                          .item(request.requestId()));
            });
    ObjectNode data = Json.object();
    data.put("source", found.provider().id().toString());
    data.put("source_id", found.sourceId());
    data.set("reports_list", keys);
    data.put("bill_year", year);
    data.put("bill_month", month);
    data.put("schema_name", caller.tenant().name());
    data.put("ingress_report_uuid", report.toString());
    data.put("status", "pending");
    Page page = Page.of(request.query(), Page.Bounds.LIST);
    ObjectNode envelope = Json.object();
    envelope.set("meta", page.meta(data.size()));
    envelope.set("links", page.links(request, data.size()));
    envelope.set("data", data);
    return Answer.json(envelope);
  }

  /// The provider that a UUID or the number of a source names, of the caller's organisation.
  private Optional<Found> find(Connection connection, Caller caller, JsonNode source)
      throws SQLException {
    String text = source.asText("");
    boolean number =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    Optional<UUID> uuid = number ? Optional.empty() : Fields.uuid(text);
    if (!number && uuid.isEmpty()) {
      return Optional.empty();
    }
    try (var select =
        connection.prepareStatement(
            """
            select s.source_id, s.provider_id from public.api_sources s
            where s.org_id = ? and s.provider_id is not null
              and (s.source_id = ? or s.provider_id = ?)
            """)) {
      select.setString(1, caller.organisationId());
      select.setInt(2, number ? Integer.parseInt(text) : -1);
      select.setObject(3, uuid.orElse(null));
      try (var rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        int id = rows.getInt(1);
        UUID provider = rows.getObject(2, UUID.class);
        Optional<Provider> known = Providers.findUndeleted(connection, provider);
        Optional<ObjectNode> secret = credentials.ofProvider(connection, provider);
        return known.flatMap(
            each ->
                secret.map(
                    given ->
                        new Found(
                            each,
                            id,
                            new ProviderDraft(
                                each.name(),
                                each.type(),
                                given,
                                each.dataSource(),
                                each.paused()))));
      }
    }
  }

  private static ArrayNode keys(JsonNode list) {
    if (!(list instanceof ArrayNode keys) || keys.isEmpty()) {
      throw new InvalidInputException("reports_list", "This field is required.");
    }
    if (keys.size() > MOST_KEYS) {
      throw new InvalidInputException(
          "reports_list", "Ensure this field has no more than " + MOST_KEYS + " elements.");
    }
    for (JsonNode key : keys) {
      if (!key.isTextual() || key.asText().isBlank()) {
        throw new InvalidInputException("reports_list", "Not a valid string.");
      }
      if (key.asText().length() > LONGEST_KEY) {
        throw new InvalidInputException(
            "reports_list", "Ensure this field has no more than " + LONGEST_KEY + " characters.");
      }
    }
    return keys;
  }

  private static String text(JsonNode body, String name) {
    String value = body.path(name).asText("");
    if (value.isEmpty()) {
      throw new InvalidInputException(name, "This field is required.");
    }
    return value;
  }

  /// This month or the one before.
  private void checkPeriod(String year, String month) {
    YearMonth current = YearMonth.from(today());
    YearMonth previous = current.minusMonths(1);
    boolean good =
        List.of(current, previous).stream()
            .anyMatch(
                each ->
                    year.equals("%04d".formatted(each.getYear()))
                        && month.equals("%02d".formatted(each.getMonthValue())));
    if (!good) {
      String years =
          current.getYear() == previous.getYear()
              ? Integer.toString(current.getYear())
              : previous.getYear() + " or " + current.getYear();
      throw new InvalidInputException(
          "bill_period",
          "Invalid bill, year must be %s and month must be %02d or %02d"
              .formatted(years, previous.getMonthValue(), current.getMonthValue()));
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
  }

  private static HttpError error(int status, String message) {
    return HttpError.plain(status, Json.object().put("Error", message));
  }
}
