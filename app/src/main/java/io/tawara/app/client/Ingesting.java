package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.terminal.Output;
import io.tawara.app.terminal.Progress;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Sends payloads and waits until their summaries are there.
public final class Ingesting {
  private static final Set<String> ENDED = Set.of("done", "dropped", "rejected");
  private static final Duration POLL = Duration.ofMillis(150);

  private final Api api;
  private final String identity;
  private final Progress progress;

  /// What became of one file of a payload.
  ///
  /// @param why it was not taken, or what was left out; empty when there is nothing to say
  public record Part(
      String name, String type, String state, long read, long written, long skipped, String why) {}

  /// What became of one payload.
  ///
  /// @param reason why it was not taken; empty when it was
  public record Result(
      Path payload, String requestId, String state, String reason, List<Part> parts) {
    /// Whether everything that was in it was read.
    public boolean good() {
      return state.equals("done")
          && parts.stream().noneMatch(part -> part.state().equals("quarantined"));
    }

    public long rows() {
      return parts.stream().mapToLong(Part::read).sum();
    }
  }

  public Ingesting(Api api, String identity, Progress progress) {
    this.api = api;
    this.identity = identity;
    this.progress = progress;
  }

  /// Sends all, in their order, then waits.
  public List<Result> run(List<Path> payloads) throws InterruptedException {
    long all = payloads.stream().mapToLong(Ingesting::size).sum();
    var ids = new ArrayList<String>();
    long before = 0;
    for (Path payload : payloads) {
      long sofar = before;
      ids.add(
          api.upload(
              payload,
              identity,
              sent ->
                  progress.at(
                      "Upload", (double) (sofar + sent) / all, Output.megabytes(sofar + sent))));
      before += size(payload);
    }
    progress.done("Upload", count(payloads.size(), "payload") + ", " + Output.megabytes(all));
    List<JsonNode> uploads = awaitRead(ids);
    var results = new ArrayList<Result>();
    for (int i = 0; i < ids.size(); i++) {
      results.add(result(payloads.get(i), ids.get(i), uploads.get(i)));
    }
    progress.done("Read", rows(results.stream().mapToLong(Result::rows).sum()));
    awaitSummaries();
    return results;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException unreadable) {
      throw new TawaraException(Category.INPUT, file + " cannot be read", unreadable);
    } catch (UncheckedIOException unreadable) {
      throw new TawaraException(Category.INPUT, file + " cannot be read", unreadable);
    }
  }

  private List<JsonNode> awaitRead(List<String> ids) throws InterruptedException {
    while (true) {
      var uploads = new ArrayList<JsonNode>();
      for (String id : ids) {
        uploads.add(api.internal("uploads/?request_id=" + Api.encoded(id)).path("data").path(0));
      }
      long ended = uploads.stream().filter(each -> ENDED.contains(state(each))).count();
      if (ended == ids.size() || idle()) {
        return uploads;
      }
      progress.at("Read", (double) ended / ids.size(), ended + " of " + ids.size());
      Thread.sleep(POLL);
    }
  }

  private static String state(JsonNode upload) {
    return upload.path("state").asText("");
  }

  private boolean idle() {
    JsonNode jobs = api.internal("jobs/");
    return jobs.path("queued").asInt() == 0 && jobs.path("running").asInt() == 0;
  }

  private void awaitSummaries() throws InterruptedException {
    int most = 1;
    while (true) {
      JsonNode jobs = api.internal("jobs/");
      int left = jobs.path("queued").asInt() + jobs.path("running").asInt();
      if (left == 0) {
        int failed = jobs.path("failed").asInt();
        progress.done(
            "Summaries",
            failed == 0 ? "complete" : count(failed, "failed job") + ", see tawara jobs");
        return;
      }
      most = Math.max(most, left);
      progress.at("Summaries", 1 - (double) left / most, count(left, "job") + " left");
      Thread.sleep(POLL);
    }
  }

  private Result result(Path payload, String id, JsonNode upload) {
    var parts = new ArrayList<Part>();
    int offset = 0;
    JsonNode page;
    do {
      page = api.internal("ledger/?limit=1000&offset=" + offset + "&request_id=" + Api.encoded(id));
      for (JsonNode file : page.path("data")) {
        parts.addFirst(
            new Part(
                file.path("name").asText(),
                file.path("report_type").asText(""),
                file.path("state").asText(),
                file.path("rows_read").asLong(),
                file.path("rows_written").asLong(),
                file.path("rows_skipped").asLong(),
                why(file)));
      }
      offset += 1000;
    } while (page.path("data").size() == 1000);
    return new Result(
        payload, id, state(upload), upload.path("reason").asText("").replace("null", ""), parts);
  }

  private static String why(JsonNode file) {
    if (file.hasNonNull("error")) {
      return file.path("error").asText();
    }
    JsonNode notes = file.path("notes");
    return notes.isEmpty() || notes.isNull() ? "" : notes.toString();
  }

  private static String rows(long number) {
    return String.format(Locale.ROOT, "%,d rows", number);
  }

  static String count(int number, String what) {
    return number == 1 ? "1 " + what : number + " " + what + "s";
  }
}
