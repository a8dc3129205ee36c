package io.tawara.bench.read;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.ExchangeRates;
import io.tawara.analytics.reports.Planner;
import io.tawara.analytics.reports.ReportCatalogue;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.EmbeddedPostgres;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.reports.params.ParameterContext;
import io.tawara.gateway.reports.params.QueryString;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// How fast reports are, and what the gateway adds to its database: for each question p50 and p99
/// uncached (every request another one for the cache) and cached, beside the same statement through
/// the bare client, beside a plain answer of the same bytes, in one run; and the memory of the
/// gateway process. `ReadBench [small|middle|large]… [requests]`
///
/// `-Dbench.only=…` asks only questions whose names match the expression, `-Dbench.database=…`
/// takes the address that a running [SampleDatabase] prints instead of filling one,
/// `-Dbench.gateway=…` gives the gateway's JVM further options.
public final class ReadBench {
  static final LocalDate TODAY = LocalDate.of(2026, 11, 30);
  private static final int CACHED = 20_000;

  /// Of answers of more than a megabyte.
  private static final int CACHED_LARGE = 2_000;

  private static final String API = "/api/cost-management/v1/";
  private static final String MONTH =
      "filter[time_scope_units]=month&filter[time_scope_value]=-1&filter[resolution]=monthly";
  private static final String DAYS =
      "filter[time_scope_units]=day&filter[time_scope_value]=-30&filter[resolution]=daily";

  static final Map<String, SampleSummary.Size> SIZES =
      Map.of(
          "small", new SampleSummary.Size("15", 1, 15, 17, 1),
          "middle", new SampleSummary.Size("133", 1, 133, 30, 3),
          "large", new SampleSummary.Size("1072", 33, 33, 30, 1));

  /// Of kept answers before the first question, so that what answers them is compiled.
  private static final int WARM = 100_000;

  /// Seconds for requests before those that are measured, and for those.
  private static final int WARMED = 3;

  private static final int MEASURED = 6;

  /// A question.
  ///
  /// @param heavy asked less often
  private record Question(String name, String report, String query, boolean heavy, boolean csv) {
    Question(String name, String report, String query, boolean heavy) {
      this(name, report, query, heavy, false);
    }

    /// The whole answer, differently for the cache.
    String uncached(int number) {
      return csv ? query + "&offset=" + number : query + "&limit=" + (101 + number);
    }
  }

  private static final List<Question> QUESTIONS =
      List.of(
          new Question("costs, no group, daily", "costs/", DAYS, false),
          new Question("costs, no group, monthly", "costs/", MONTH, false),
          new Question(
              "costs by project, monthly", "costs/", MONTH + "&group_by[project]=*", false),
          new Question("costs by project, daily", "costs/", DAYS + "&group_by[project]=*", true),
          new Question(
              "costs by project, daily, 5 and Others",
              "costs/",
              DAYS + "&group_by[project]=*&filter[limit]=5",
              false),
          new Question("compute by node, monthly", "compute/", MONTH + "&group_by[node]=*", false),
          new Question(
              "compute by cluster and project, monthly",
              "compute/",
              MONTH + "&group_by[cluster]=*&group_by[project]=*",
              false),
          new Question(
              "costs by cluster, node, project, monthly",
              "costs/",
              MONTH + "&group_by[cluster]=*&group_by[node]=*&group_by[project]=*",
              true),
          new Question(
              "costs by cluster, node, project, daily, 10 and Others",
              "costs/",
              DAYS + "&group_by[cluster]=*&group_by[node]=*&group_by[project]=*&filter[limit]=10",
              true),
          new Question("costs by tag, monthly", "costs/", MONTH + "&group_by[tag:app]=*", true),
          new Question(
              "costs by tag, 90 days, 10 and Others",
              "costs/",
              "filter[time_scope_units]=day&filter[time_scope_value]=-90&filter[resolution]=daily"
                  + "&group_by[tag:team]=*&filter[limit]=10",
              true),
          new Question(
              "volumes by claim, monthly",
              "volumes/",
              MONTH + "&group_by[persistentvolumeclaim]=*",
              false),
          new Question(
              "costs by project, daily, CSV of everything",
              "costs/",
              DAYS + "&group_by[project]=*&limit=0",
              true,
              true),
          new Question(
              "costs by cluster, node, project, monthly, CSV of everything",
              "costs/",
              MONTH + "&group_by[cluster]=*&group_by[node]=*&group_by[project]=*&limit=0",
              true,
              true));

  private ReadBench() {}

  public static void main(String[] arguments) throws Exception {
    List<String> names = Arrays.stream(arguments).filter(SIZES::containsKey).toList();
    int requests =
        Arrays.stream(arguments)
            .filter(argument -> argument.matches("\\d+"))
            .mapToInt(Integer::parseInt)
            .findFirst()
            .orElse(100);
    Vertx vertx = Vertx.vertx();
    try {
      String address = System.getProperty("bench.database");
      if (address == null) {
        withNewDatabase(vertx, names, requests);
      } else {
        measureAll(vertx, database(address), names, requests);
      }
    } finally {
      vertx.close().await();
    }
    System.exit(0);
  }

  private static DatabaseConfig database(String address) {
    URI uri = URI.create(address);
    String[] account = uri.getUserInfo().split(":", 2);
    return new DatabaseConfig(
        uri.getHost(), uri.getPort(), uri.getPath().substring(1), account[0], account[1], 4);
  }

  private static void withNewDatabase(Vertx vertx, List<String> names, int requests)
      throws Exception {
    Path directory = Files.createTempDirectory("tawara-bench");
    try (var postgres =
        EmbeddedPostgres.start(
            new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, false))) {
      DatabaseConfig config = postgres.freshDatabase("read");
      try (var database = new Database(config)) {
        var tenants = new Tenants(database, PostgresTables.onPrem());
        tenants.migrateAll();
        for (String name : names) {
          long begin = System.nanoTime();
          SampleSummary.fill(database, tenants, SIZES.get(name), TODAY);
          System.out.printf(
              Locale.ROOT,
              "%s: rows made in %.0f s, %s%n",
              name,
              (System.nanoTime() - begin) / 1e9,
              rows(database, SIZES.get(name)));
        }
      }
      measureAll(vertx, config, names, requests);
    }
  }

  private static void measureAll(
      Vertx vertx, DatabaseConfig config, List<String> names, int requests) throws Exception {
    Process gateway = gateway(config);
    try (var reader =
        new BufferedReader(
            new InputStreamReader(gateway.getInputStream(), StandardCharsets.UTF_8))) {
      int port = Integer.parseInt(reader.readLine().strip());
      for (String name : names) {
        measure(vertx, config, port, gateway, SIZES.get(name), requests);
      }
    } finally {
      // Its input ends: it stops by itself, and what its options ask for is written.
      gateway.getOutputStream().close();
      gateway.waitFor(10, TimeUnit.SECONDS);
      gateway.destroy();
    }
  }

  private static String rows(Database database, SampleSummary.Size size) {
    return database.tenant(
        TenantSchema.ofOrganisation(size.organisation()),
        connection -> {
          try (var statement = connection.createStatement();
              var result = statement.executeQuery("select count(*) from ocp_daily_summary")) {
            result.next();
            return result.getLong(1) + " daily rows";
          }
        });
  }

  private static Process gateway(DatabaseConfig config) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Those of build/java.options …
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Duser.timezone=UTC",
                // … and those of a gateway alone (docs/operating.md).
                "-Xmx76m",
                "-XX:SurvivorRatio=2",
                "-XX:+UseCompactObjectHeaders",
                "-XX:MaxDirectMemorySize=32m",
                "-XX:MetaspaceSize=64m",
                "-XX:ReservedCodeCacheSize=48m",
                "-XX:TrimNativeHeapInterval=5000"));
    Pattern.compile(" ")
        .splitAsStream(System.getProperty("bench.gateway", ""))
        .filter(option -> !option.isEmpty())
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "-Dlogback.configurationFile=bench-logback.xml",
            GatewayAlone.class.getName(),
            Integer.toString(config.port()),
            config.name(),
            config.user(),
            config.password(),
            TODAY + "T12:00:00Z"));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void measure(
      Vertx vertx,
      DatabaseConfig config,
      int port,
      Process gateway,
      SampleSummary.Size size,
      int requests)
      throws IOException {
    System.out.printf(
        "%n### %d nodes in %d clusters, %d months%n%n",
        size.allNodes(), size.clusters(), size.months());
    System.out.println(
        "| Question | Answer | Table | uncached p50 / p99 ms | bare client p50 / p99 ms | ratio |"
            + " cached req/s, p99 ms | plain req/s |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    var load = new Load(vertx, port);
    String identity = "x-rh-identity: " + identity(size.organisation()) + "\r\n";
    TenantSchema tenant = TenantSchema.ofOrganisation(size.organisation());
    try (var reads = new TenantReads(vertx, config, 1)) {
      Pattern only = Pattern.compile(System.getProperty("bench.only", ".*"));
      load.run(16, WARM, _ -> API + "reports/openshift/costs/?" + MONTH, identity);
      for (Question question : QUESTIONS) {
        if (!only.matcher(question.name()).matches()) {
          continue;
        }
        String headers = question.csv() ? identity + "Accept: text/csv\r\n" : identity;
        String start = API + "reports/openshift/" + question.report() + "?";
        String path = start + question.query();
        Load.Result one = load.run(1, 1, n -> path, headers);
        CompiledQuery compiled = compile(question);
        String table = compiled.plan().rows().table();
        if (one.failures() > 0) {
          System.out.printf(
              "| %s | refused (%d) | `%s` | | | | | |%n", question.name(), one.status(), table);
          continue;
        }
        int count = times(one, MEASURED, question.heavy() ? Math.max(20, requests / 4) : requests);
        int warm = times(one, WARMED, question.heavy() ? 15 : 200);
        load.run(1, warm, n -> start + question.uncached(count + n), headers);
        Load.Result uncached = load.run(1, count, n -> start + question.uncached(n), headers);
        Tuple tuple = Questions.tuple(compiled.parameters());
        long[] bare = bare(reads, tenant, compiled, tuple, count);
        int bytes = (int) one.bytes();
        int many = bytes > 1 << 20 ? CACHED_LARGE : CACHED;
        Load.Result cached = load.run(16, many, n -> path, headers);
        double plain = plain(vertx, bytes, many);
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | `%s` | %.1f / %.1f | %.1f / %.1f | %.2f | %.0f, %.1f | %.0f |%n",
            question.name(),
            bytes > 1 << 20 ? "%.1f MB".formatted(bytes / 1048576.0) : bytes / 1024 + " kB",
            table,
            uncached.milliseconds(0.5),
            uncached.milliseconds(0.99),
            quantile(bare, 0.5),
            quantile(bare, 0.99),
            uncached.milliseconds(0.5) / quantile(bare, 0.5),
            cached.perSecond(),
            cached.milliseconds(0.99),
            plain);
        int failures = uncached.failures() + cached.failures();
        if (failures > 0) {
          System.out.println("FAILURES: " + failures);
        }
      }
    }
    System.out.printf("%nGateway: %s%n", memory(gateway));
  }

  /// As often as asked, less often what would take more seconds than that, at least three times.
  private static int times(Load.Result one, int seconds, int asked) {
    return Math.clamp((long) (seconds * 1e3 / one.milliseconds(0.5)), 3, asked);
  }

  private static long[] bare(
      TenantReads reads, TenantSchema tenant, CompiledQuery compiled, Tuple tuple, int count) {
    var times = new long[count];
    for (int i = -3; i < count; i++) {
      long begin = System.nanoTime();
      reads.query(tenant, compiled.sql(), tuple).await();
      if (i >= 0) {
        times[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(times);
    return times;
  }

  private static double quantile(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1, (long) (quantile * sorted.length))] / 1e6;
  }

  private static CompiledQuery compile(Question question) {
    var context =
        new ParameterContext(
            TODAY,
            4,
            3,
            "USD",
            Set.of("USD"),
            "unblended_cost",
            Set.of("app", "team", "version"),
            Map.of(),
            List.of("Platform"),
            Map.of(),
            ExchangeRates::unconverted);
    return new Compiler(new Planner())
        .compile(
            new ReportParameters(
                    ReportCatalogue.at("reports/openshift/" + question.report()).orElseThrow())
                .parse(
                    QueryString.parse(question.query()),
                    Access.EVERYTHING,
                    context,
                    ParityNames.NONE)
                .query(),
            question.csv());
  }

  /// An HTTP server that answers the same number of bytes and knows nothing else.
  private static double plain(Vertx vertx, int bytes, int count) {
    Buffer body = Buffer.buffer(new byte[bytes]);
    var server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end(body))
            .listen(0, "127.0.0.1")
            .await();
    var result = new Load(vertx, server.actualPort()).run(16, count, n -> "/", "");
    server.close().await();
    return result.perSecond();
  }

  private static String identity(String organisation) {
    return Base64.getEncoder()
        .encodeToString(
            """
            {"identity": {"org_id": "%s", "type": "User", "user":
              {"username": "bench", "email": "bench@example.com", "is_org_admin": true}},
             "entitlements": {"cost_management": {"is_entitled": true}}}
            """
                .formatted(organisation)
                .getBytes(StandardCharsets.UTF_8));
  }

  private static String memory(Process process) throws IOException {
    var found = new ArrayList<String>();
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmHWM") || line.startsWith("VmRSS")) {
        found.add(line.replaceAll("\\s+", " "));
      }
    }
    return String.join(", ", found);
  }
}
