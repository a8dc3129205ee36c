package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// BigQuery, resource manager and storage of Google as far as they are asked: partitions with rows,
/// paged, slow or failing as a test wants.
final class BigQueryStandIn implements AutoCloseable {
  private static final int COLUMNS = 31;
  private static final int PAGE = 3;
  private final HttpServer server;

  /// Partition day → export time.
  final Map<String, Instant> partitions = new TreeMap<>();

  /// Partition day → number of rows.
  final Map<String, Integer> rows = new ConcurrentHashMap<>();

  final List<String> asked = new CopyOnWriteArrayList<>();

  /// Failures that come first: `status reason`.
  final List<String> failures = new CopyOnWriteArrayList<>();

  /// Fails the next page after the first one.
  volatile int failingPages;

  volatile long delayMilliseconds;
  volatile String permissions =
      "\"bigquery.jobs.create\", \"bigquery.tables.getData\", \"bigquery.tables.list\","
          + " \"bigquery.tables.get\"";
  volatile String tables = "gcp_billing_export_resource_v1_X";
  volatile String partitioning = "DAY";
  volatile String missingColumn = "";
  private final Map<String, String> objects = new ConcurrentHashMap<>();

  BigQueryStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void object(String name, String text) {
    objects.put(name, text);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] raw =
          packed
              ? new GZIPInputStream(exchange.getRequestBody()).readAllBytes()
              : exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      if (delayMilliseconds > 0 && path.endsWith("/queries")) {
        Thread.sleep(delayMilliseconds);
      }
      if (!failures.isEmpty()) {
        String[] failure = failures.removeFirst().split(" ");
        send(exchange, Integer.parseInt(failure[0]), error(failure[0], failure[1]));
        return;
      }
      if (path.startsWith("/storage/v1/b/")) {
        storage(exchange, path);
      } else if (path.endsWith(":testIamPermissions")) {
        send(exchange, 200, "{\"permissions\": [" + permissions + "]}");
      } else if (path.endsWith("/tables")) {
        send(
            exchange,
            200,
            tables.isEmpty()
                ? "{}"
                : "{\"tables\": [{\"type\": \"TABLE\", \"tableReference\": {\"projectId\": \"p-1\","
                    + " \"datasetId\": \"d\","
                    + " \"tableId\": \"%s\"}}]}".formatted(tables));
      } else if (path.endsWith("/data")) {
        String table = path.substring(0, path.length() - "/data".length());
        page(exchange, table.substring(table.lastIndexOf('/') + 1));
      } else if (path.contains("/jobs/")) {
        send(exchange, 200, job(path.substring(path.lastIndexOf('/') + 1)));
      } else if (path.contains("/tables/")) {
        send(exchange, 200, table());
      } else if (path.endsWith("/jobs")) {
        send(
            exchange,
            200,
            "{\"jobReference\": {\"projectId\": \"p-1\", \"jobId\": \"dry\"}, \"configuration\":"
                + " {\"dryRun\": true, \"query\": {\"query\": \"q\"}}, \"status\": {\"state\":"
                + " \"DONE\"}, \"statistics\": {\"query\": {}}}");
      } else if (path.endsWith("/queries")) {
        query(exchange, CloudFixture.json(new String(raw, StandardCharsets.UTF_8)));
      } else if (path.contains("/queries/")) {
        page(exchange, path.substring(path.lastIndexOf('/') + 1));
      } else {
        send(exchange, 404, error("404", "notFound"));
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void storage(HttpExchange exchange, String path) throws IOException {
    int cut = path.indexOf("/o/");
    if (cut < 0) {
      send(exchange, 200, "{}");
      return;
    }
    String text = objects.get(path.substring(cut + 3));
    if (text == null) {
      send(exchange, 404, error("404", "notFound"));
    } else if (exchange.getRequestURI().getQuery() == null) {
      send(
          exchange,
          200,
          "{\"generation\": \"7\", \"size\": \"%d\", \"updated\": \"2026-11-20T10:00:00Z\"}"
              .formatted(text.length()));
    } else {
      send(exchange, 200, text);
    }
  }

  private String table() {
    var fields = new ArrayList<String>();
    for (String name :
        List.of(
            "billing_account_id",
            "usage_start_time",
            "usage_end_time",
            "labels",
            "system_labels",
            "export_time",
            "cost",
            "currency",
            "currency_conversion_rate",
            "credits",
            "cost_type")) {
      if (!name.equals(missingColumn)) {
        fields.add("{\"name\": \"" + name + "\", \"type\": \"STRING\"}");
      }
    }
    Map.of(
            "service", "id description",
            "sku", "id description",
            "project", "id name labels ancestry_numbers",
            "location", "location country region zone",
            "usage", "amount unit amount_in_pricing_units pricing_unit",
            "invoice", "month",
            "resource", "name global_name")
        .forEach(
            (name, members) ->
                fields.add(
                    "{\"name\": \"%s\", \"type\": \"RECORD\", \"fields\": [%s]}"
                        .formatted(
                            name,
                            java.util.Arrays.stream(members.split(" "))
                                .map(m -> "{\"name\": \"" + m + "\", \"type\": \"STRING\"}")
                                .collect(Collectors.joining(",")))));
    return """
    {"tableReference": {"projectId": "p-1", "datasetId": "d", "tableId": "t"},
     "type": "TABLE", "timePartitioning": {"type": "%s"}, "schema": {"fields": [%s]}}
    """
        .formatted(partitioning, String.join(",", fields));
  }

  private void query(HttpExchange exchange, JsonNode body) throws IOException {
    String sql = body.path("query").asText();
    var parameters = new TreeMap<String, String>();
    body.path("queryParameters")
        .forEach(
            p ->
                parameters.put(
                    p.path("name").asText(), p.path("parameterValue").path("value").asText()));
    if (sql.contains("max(export_time)")) {
      String found =
          partitions.entrySet().stream()
              .filter(e -> e.getKey().compareTo(parameters.get("first")) >= 0)
              .filter(e -> e.getKey().compareTo(parameters.get("last")) <= 0)
              .map(
                  e ->
                      "{\"f\": [{\"v\": \"%s\"}, {\"v\": \"%d.0\"}]}"
                          .formatted(e.getKey(), e.getValue().getEpochSecond()))
              .collect(Collectors.joining(","));
      send(
          exchange,
          200,
          """
          {"jobComplete": true, "jobReference": {"projectId": "p-1", "jobId": "list"},
           "schema": {"fields": [{"name": "partition_day", "type": "DATE"},
             {"name": "exported", "type": "TIMESTAMP"}]}, "totalRows": "9", "rows": [%s]}
          """
              .formatted(found));
    } else {
      send(exchange, 200, rows(parameters.get("day"), 0));
    }
  }

  /// A query that ran; its further pages are read from the table that it wrote.
  private static String job(String id) {
    return """
    {"jobReference": {"projectId": "p-1", "jobId": "%s"}, "status": {"state": "DONE"},
     "statistics": {"query": {"statementType": "SELECT"}},
     "configuration": {"jobType": "QUERY", "query": {"query": "q", "destinationTable":
       {"projectId": "p-1", "datasetId": "tmp", "tableId": "%s"}}}}
    """
        .formatted(id, id);
  }

  private void page(HttpExchange exchange, String job) throws IOException {
    String token =
        java.util.Arrays.stream(exchange.getRequestURI().getQuery().split("&"))
            .filter(pair -> pair.startsWith("pageToken="))
            .findFirst()
            .orElse("pageToken=0")
            .substring(10);
    if (failingPages > 0) {
      failingPages--;
      send(exchange, 500, error("500", "internalError"));
      return;
    }
    send(exchange, 200, rows(job.substring(5), Integer.parseInt(token)));
  }

  private String rows(String day, int from) {
    int count = rows.getOrDefault(day, 1);
    int to = Math.min(count, from + PAGE);
    String found =
        IntStream.range(from, to)
            .mapToObj(
                row ->
                    "{\"f\": [%s]}"
                        .formatted(
                            IntStream.range(0, COLUMNS)
                                .mapToObj(
                                    column ->
                                        column == 8
                                            ? "{\"v\": null}"
                                            : "{\"v\": \"%s\"}"
                                                .formatted(
                                                    column == 11
                                                        ? "[{\\\"key\\\": \\\"a\\\"}]"
                                                        : row + "/" + column))
                                .collect(Collectors.joining(","))))
            .collect(Collectors.joining(","));
    String fields =
        IntStream.range(0, COLUMNS)
            .mapToObj(column -> "{\"name\": \"c%d\", \"type\": \"STRING\"}".formatted(column))
            .collect(Collectors.joining(","));
    return """
    {"jobComplete": true, "jobReference": {"projectId": "p-1", "jobId": "rows-%s"},
     "schema": {"fields": [%s]}, "totalRows": "%d", %s "rows": [%s]}
    """
        .formatted(day, fields, count, to < count ? "\"pageToken\": \"" + to + "\"," : "", found);
  }

  private static String error(String status, String reason) {
    return """
    {"error": {"code": %s, "message": "%s", "errors": [{"reason": "%s", "message": "no"}]}}
    """
        .formatted(status, reason, reason);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
