package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// From `POST /api/ingress/v1/upload` to summaries, through every part of the running program.
class UploadToSummaryTest {
  private static final Path PAYLOAD =
      Path.of(System.getProperty("tawara.root", "."))
          .resolve("../shared/golden/onprem/payloads/golden-beta.02.2026-11.tar.gz")
          .normalize();

  @Test
  void aRecordedPayloadIsSummarisedAndOnTheLedger() {
    Assumptions.assumeTrue(
        Files.isReadable(PAYLOAD), () -> "recordings are not beside the repository: " + PAYLOAD);
    RunningTawara tawara = RunningTawara.shared();
    String admin = RunningTawara.admin("7000001");
    JsonNode source =
        tawara.post(
            "sources/",
            admin,
            """
            {"name": "beta", "source_type": "OCP",
             "authentication": {"credentials": {"cluster_id": "golden-beta"}}}
            """,
            201);

    tawara.upload(PAYLOAD, admin);
    tawara.awaitIdle();

    JsonNode files = parse(tawara.internal("GET", "ledger/?org_id=7000001&limit=100").body());
    assertThat(files.path("data").size()).isPositive();
    assertThat(files.path("data").findValuesAsText("state")).containsOnly("done");
    assertThat(tawara.json("sources/" + source.path("uuid").asText() + "/", admin).path("status"))
        .isNotEmpty();
  }

  private static JsonNode parse(String text) {
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper().readTree(text);
    } catch (java.io.IOException notJson) {
      throw new java.io.UncheckedIOException(text, notJson);
    }
  }
}
