package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the real process at every stage of ingestion: after a restart on the same data the
/// figures are those of a run that nobody disturbed.
class KilledProcessTest {
  @TempDir private Path directory;

  @Test
  void killedAtEveryStageAndStartedAgainTheFiguresAreThoseOfAnUndisturbedRun() throws Exception {
    List<Path> payloads = SampleRun.payloads(directory.resolve("payloads"), 4);
    Map<String, String> undisturbed;
    RunningTawara other = RunningTawara.shared();
    try (var run = new SampleRun(other.port(), other.internalPort(), "7000002")) {
      run.prepare();
      for (Path payload : payloads) {
        run.upload(payload);
      }
      run.awaitIdle();
      undisturbed = run.figures();
    }

    Path data = directory.resolve("data");
    for (int i = 0; i < payloads.size(); i++) {
      try (var process = new ProcessTawara(data, Map.of());
          var run = new SampleRun(process.port(), process.internalPort(), "7000002")) {
        run.prepare();
        run.awaitIdle();
        run.upload(payloads.get(i));
        if (i > 0) { // the first one is killed as soon as the upload was answered
          run.awaitStage(SampleRun.STAGES.get(i - 1));
        }
        process.kill();
      }
    }

    try (var process = new ProcessTawara(data, Map.of());
        var run = new SampleRun(process.port(), process.internalPort(), "7000002")) {
      run.awaitIdle();
      assertThat(run.failedJobs()).as(process.output()).isZero();
      assertThat(undisturbed.get("costs by project")).contains("payments").contains("2026-11-16");
      run.figures()
          .forEach(
              (report, figures) ->
                  assertThat(figures).as(report).isEqualTo(undisturbed.get(report)));
      assertThat(process.terminate()).isZero();
      assertThat(process.output()).contains("stopped after");
    }
  }
}
