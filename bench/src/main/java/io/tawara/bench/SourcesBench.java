package io.tawara.bench;

import io.tawara.app.StartListener;
import io.tawara.app.Tawara;
import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Values;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Sources through the whole program, on-prem, database with fsync: how long after `POST sources/`
/// a source is a provider, for the first of an organisation and for later ones; and one page of an
/// organisation's list beside many other organisations. `SourcesBench [organisations] [requests]`
public final class SourcesBench {
  private static final int FIRST_ONES = 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  private SourcesBench(int port) {
    this.port = port;
  }

  public static void main(String[] arguments) throws Exception {
    int organisations = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    int requests = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
    Path directory = Files.createTempDirectory("tawara-bench");
    var settings =
        Map.of(
            "TAWARA_PORT", "0",
            "TAWARA_INTERNAL_PORT", "0",
            "TAWARA_DATA_DIR", directory.toString(),
            "ENHANCED_ORG_ADMIN", "True");
    try (Tawara tawara =
        Tawara.start(
            Configuration.of(Values.read(settings, Map.of(), Optional.empty())),
            new Tawara.Options(false, true),
            StartListener.silent())) {
      var bench = new SourcesBench(tawara.port());
      var first = new ArrayList<Double>();
      var later = new ArrayList<Double>();
      for (int i = 0; i < FIRST_ONES; i++) {
        first.add(bench.create("5" + i, "first"));
        later.add(bench.create("5" + i, "later"));
      }
      report("POST until provider_linked, tenant made with it", first);
      report("POST until provider_linked, later ones", later);

      tawara
          .database()
          .run(
              connection -> {
                try (var statement = connection.createStatement()) {
                  statement.execute(FILL.formatted(organisations));
                  statement.execute("analyze");
                }
              });
      var pages = new ArrayList<Double>();
      for (int i = 0; i < requests; i++) {
        long begin = System.nanoTime();
        HttpResponse<String> page = bench.send("GET", "sources/?limit=10", "50", null);
        pages.add((System.nanoTime() - begin) / 1e6);
        if (page.statusCode() != 200 || !page.body().contains("\"count\":2")) {
          throw new IllegalStateException(page.statusCode() + " " + page.body());
        }
      }
      report(
          "one page of a list beside %d organisations with 3 sources and 60 deliveries each"
              .formatted(organisations),
          pages);
    }
  }

  private static final String FILL =
      """
      insert into api_customer (date_created, date_updated, org_id, schema_name)
      select now(), now(), 'many' || n, 'orgmany' || n from generate_series(1, %1$d) n;
      insert into api_provider (uuid, name, type, customer_id, setup_complete, created_timestamp,
        cluster_id)
      select gen_random_uuid(), 'source ' || k, 'OCP', c.id, true, now(), c.org_id || '-' || k
      from api_customer c, generate_series(1, 3) k where c.org_id like 'many%%';
      insert into api_sources (source_id, source_uuid, name, "offset", org_id, source_type,
        authentication, key_id, source_ref, provider_id, koku_uuid, updated_timestamp)
      select nextval('api_sources_id'), p.uuid, p.name, 0, c.org_id, 'OCP', s.authentication,
        s.key_id, p.cluster_id, p.uuid, p.uuid::text, now()
      from api_provider p join api_customer c on c.id = p.customer_id,
        (select authentication, key_id from api_sources where authentication is not null limit 1) s
      where c.org_id like 'many%%';
      insert into manifest (assembly_id, provider_uuid, schema_name, billing_period_start_datetime,
        creation_datetime, completed_datetime, num_total_files)
      select n::text, p.uuid, 'orgmany', date_trunc('month', now()), now(), now(), 4
      from api_provider p, generate_series(1, 20) n;
      """;

  /// Milliseconds from the request until the source says that it has a provider.
  private double create(String organisation, String name) throws Exception {
    long begin = System.nanoTime();
    HttpResponse<String> made =
        send(
            "POST",
            "sources/",
            organisation,
            """
            {"name": "%1$s", "source_type": "OCP",
             "authentication": {"credentials": {"cluster_id": "%2$s-%1$s"}}}
            """
                .formatted(name, organisation));
    if (made.statusCode() != 201) {
      throw new IllegalStateException(made.statusCode() + " " + made.body());
    }
    String uuid = made.body().replaceAll(".*\"uuid\":\"([0-9a-f-]{36})\".*", "$1");
    while (!send("GET", "sources/" + uuid + "/", organisation, null)
        .body()
        .contains("\"provider_linked\":true")) {
      Thread.sleep(1);
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  private HttpResponse<String> send(String method, String path, String organisation, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/api/cost-management/v1/" + path))
            .header("x-rh-identity", identity(organisation))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static String identity(String organisation) {
    return Base64.getEncoder()
        .encodeToString(
            """
            {"identity": {"org_id": "%s", "type": "User", "user": {"username": "u", "email": "e",
              "is_org_admin": true}}, "entitlements": {"cost_management": {"is_entitled": true}}}
            """
                .formatted(organisation)
                .getBytes(StandardCharsets.UTF_8));
  }

  private static void report(String what, List<Double> milliseconds) {
    var sorted = new ArrayList<>(milliseconds);
    Collections.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%s: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d)%n",
        what,
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() * 99 / 100),
        sorted.getLast(),
        sorted.size());
  }
}
