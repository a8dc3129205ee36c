package io.tawara.gateway.internal;

import io.tawara.core.input.Fields;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.Providers;
import io.tawara.core.source.Source;
import io.tawara.core.source.SourceLookup;
import io.tawara.core.source.SourceStore;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// `source_cleanup/`: sources and providers of which the other half is gone. GET shows a page of
/// them, DELETE removes what is on that page.
final class LeftOvers {
  private final GatewayServices services;
  private final SourceLookup lookup;
  private final SourceStore sources;
  private final ProviderBuilder providers;

  /// @param lookup asks whoever owns sources whether they are there
  LeftOvers(GatewayServices services, SourceLookup lookup) {
    this.services = services;
    this.lookup = lookup;
    var credentials = new Credentials(services.cipher());
    this.sources = new SourceStore(credentials);
    this.providers = new ProviderBuilder(credentials, services.work(), services.clock());
  }

  private enum Mode {
    PROVIDERS_WITHOUT_SOURCES,
    OUT_OF_ORDER_DELETES,
    MISSING_SOURCES;

    private String parameter() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param source the number of a source that has to go
  /// @param provider the provider that has to go
  private record LeftOver(String text, Optional<Integer> source, Optional<UUID> provider) {}

  /// @param examined how many there are to look at on all pages
  private record Found(long examined, List<LeftOver> leftOvers) {}

  Endpoint.Builder endpoint() {
    return InternalEndpoints.internal("source_cleanup/")
        .described(
            "Left-overs",
            "Providers without source, destroys that came too early, sources that nobody has.")
        .get(request -> services.blocking().call(request, () -> shown(request)))
        .delete(request -> services.blocking().call(request, () -> removed(request)));
  }

  private Answer shown(Request request) {
    Page page = Page.of(request.query(), Page.Bounds.LIST);
    Found found = find(mode(request), page, only(request));
    return Answer.json(
        page.envelope(
            request,
            found.examined(),
            Json.array(found.leftOvers(), each -> Json.text(each.text()))));
  }

  private Answer removed(Request request) {
    Mode mode = mode(request);
    Found found = find(mode, Page.of(request.query(), Page.Bounds.LIST), only(request));
    services
        .database()
        .run(
            connection -> {
              for (LeftOver each : found.leftOvers()) {
                remove(connection, each, request.requestId());
              }
            });
    return Answer.json(Json.object().put("job_queued", mode.parameter()));
  }

  private static Mode mode(Request request) {
    List<Mode> asked =
        Stream.of(Mode.values()).filter(mode -> request.query().has(mode.parameter())).toList();
    if (asked.size() != 1) {
      throw RecalculationEndpoints.bad(
          "Parameter missing. Options: providers_without_sources, out_of_order_deletes, or"
              + " missing_sources");
    }
    return asked.getFirst();
  }

  private static Optional<UUID> only(Request request) {
    Optional<String> text = request.query().last("uuid").filter(t -> !t.isEmpty());
    Optional<UUID> only = text.flatMap(Fields::uuid);
    if (text.isPresent() && only.isEmpty()) {
      throw RecalculationEndpoints.bad("Invalid uuid.");
    }
    return only;
  }

  private Found find(Mode mode, Page page, Optional<UUID> only) {
    if (mode == Mode.MISSING_SOURCES) {
      return missing(page, only);
    }
    List<LeftOver> all =
        services
            .database()
            .transaction(
                connection ->
                    mode == Mode.PROVIDERS_WITHOUT_SOURCES
                        ? orphans(connection, only)
                        : tombstones(connection));
    return new Found(all.size(), page.cut(all));
  }

  /// Their owner is asked outside of any transaction.
  private Found missing(Page page, Optional<UUID> only) {
    SourceStore.Slice slice =
        services
            .database()
            .transaction(
                connection ->
                    only.isPresent()
                        ? one(sources.find(connection, only.get()))
                        : sources.all(connection, page.limit(), page.offset()));
    return new Found(
        slice.count(),
        slice.sources().stream()
            .filter(source -> !lookup.exists(source))
            .map(
                source ->
                    new LeftOver(
                        "Source ID: " + source.id() + " Source UUID: " + source.uuid(),
                        Optional.of(source.id()),
                        source.providerId()))
            .toList());
  }

  private static SourceStore.Slice one(Optional<Source> source) {
    return new SourceStore.Slice(source.isPresent() ? 1 : 0, source.stream().toList());
  }

  private static List<LeftOver> orphans(Connection connection, Optional<UUID> only)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select p.uuid, p.name from public.api_provider p
            where not p.deleting and (?::uuid is null or p.uuid = ?)
              and not exists (select 1 from public.api_sources s where s.provider_id = p.uuid)
            order by p.name, p.uuid
            """)) {
      select.setObject(1, only.orElse(null));
      select.setObject(2, only.orElse(null));
      var found = new ArrayList<LeftOver>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          UUID id = rows.getObject(1, UUID.class);
          found.add(
              new LeftOver(rows.getString(2) + " (" + id + ")", Optional.empty(), Optional.of(id)));
        }
      }
      return found;
    }
  }

  private static List<LeftOver> tombstones(Connection connection) throws SQLException {
    try (var select =
            connection.prepareStatement(
                "select source_id from public.api_sources where out_of_order_delete order by 1");
        var rows = select.executeQuery()) {
      var found = new ArrayList<LeftOver>();
      while (rows.next()) {
        int id = rows.getInt(1);
        found.add(new LeftOver("Source ID: " + id, Optional.of(id), Optional.empty()));
      }
      return found;
    }
  }

  private void remove(Connection connection, LeftOver each, String requestId) throws SQLException {
    if (each.provider().isPresent()) {
      Optional<Provider> provider = Providers.find(connection, each.provider().get());
      if (provider.isPresent()) {
        providers.delete(connection, provider.get().id(), provider.get().tenant(), requestId);
      }
    }
    if (each.source().isPresent()) {
      sources.delete(connection, each.source().get());
    }
  }
}
