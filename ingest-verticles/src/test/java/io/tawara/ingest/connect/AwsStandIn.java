package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// STS, Cost and Usage Reports, Organizations and IAM as far as they are asked.
final class AwsStandIn implements AutoCloseable {
  static final String ROLE = "arn:aws:iam::111122223333:role/CostManagement";
  private final HttpServer server;
  private final String accessKey;
  private final String secretKey;
  final List<Map<String, String>> assumed = new CopyOnWriteArrayList<>();
  final Map<String, Integer> asked = new java.util.concurrent.ConcurrentHashMap<>();
  volatile String reports = "[]";
  volatile String externalId = "x-1";
  volatile boolean organizationAllowed = true;
  volatile int throttled;

  /// @param accessKey of the object store, handed out with the role
  AwsStandIn(String accessKey, String secretKey) throws IOException {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void report(String bucket, String compression, boolean resources) {
    reports =
        """
        [{"ReportName": "cur", "S3Bucket": "%s", "S3Prefix": "pre", "Compression": "%s",
          "AdditionalSchemaElements": [%s]}]
        """
            .formatted(bucket, compression, resources ? "\"RESOURCES\"" : "");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (target == null) {
        form(exchange, body);
      } else {
        json(exchange, target.substring(target.indexOf('.') + 1), CloudFixture.json(body));
      }
    }
  }

  private void form(HttpExchange exchange, String body) throws IOException {
    var fields = new HashMap<String, String>();
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    if (fields.get("Action").equals("ListAccountAliases")) {
      send(
          exchange,
          200,
          "<R><ListAccountAliasesResult><AccountAliases><member>shop</member></AccountAliases>"
              + "</ListAccountAliasesResult></R>");
      return;
    }
    boolean known =
        ROLE.equals(fields.get("RoleArn")) && externalId.equals(fields.get("ExternalId"));
    if (!known) {
      send(
          exchange,
          403,
          "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not"
              + " authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>");
      return;
    }
    assumed.add(fields);
    send(
        exchange,
        200,
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
        <SessionToken>token</SessionToken><Expiration>%s</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>
        """
            .formatted(accessKey, secretKey, Instant.now().plusSeconds(3600)));
  }

  private void json(HttpExchange exchange, String operation, JsonNode body) throws IOException {
    asked.merge(operation, 1, Integer::sum);
    if (throttled > 0) {
      throttled--;
      send(exchange, 400, "{\"__type\": \"ThrottlingException\", \"message\": \"slow down\"}");
      return;
    }
    if (operation.equals("DescribeReportDefinitions")) {
      // two pages
      boolean first = !body.has("NextToken");
      send(
          exchange,
          200,
          first
              ? "{\"ReportDefinitions\": [{\"ReportName\": \"o\", \"S3Bucket\": \"other\"}],"
                  + " \"NextToken\": \"2\"}"
              : "{\"ReportDefinitions\": " + reports + "}");
      return;
    }
    if (!organizationAllowed) {
      send(exchange, 400, "{\"__type\": \"x#AccessDeniedException\", \"Message\": \"no\"}");
      return;
    }
    String parent = body.path("ParentId").asText("");
    send(
        exchange,
        200,
        switch (operation + parent) {
          case "ListRoots" -> "{\"Roots\": [{\"Id\": \"r-1\", \"Name\": \"Root\"}]}";
          case "ListOrganizationalUnitsForParentr-1" ->
              "{\"OrganizationalUnits\": [{\"Id\": \"ou-1\", \"Name\": \"Retail\"}]}";
          case "ListAccountsForParentou-1" ->
              "{\"Accounts\": [{\"Id\": \"444455556666\", \"Name\": \"erp\"}]}";
          default -> "{}";
        });
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
