package io.tawara.app;

import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.LogFormat;
import io.tawara.app.settings.Settings;
import io.tawara.app.settings.Values;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `tawara up`: starts what is asked for and stays until it is told to stop.
@Command(
    name = "up",
    description = {
      "Starts Tawara: PostgreSQL, Kafka and object store are embedded unless external ones are"
          + " configured.",
      "Stops on Ctrl-C and SIGTERM; the data stay in the data directory."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Mixin private StartOptions start;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Values values = start.values();
    Configuration configuration = Configuration.of(values);
    LogFormat format = values.get(Settings.LOG_FORMAT);
    Logs.configure(format, values.get(Settings.LOG_LEVEL), Optional.empty());
    PrintWriter out = spec.commandLine().getOut();
    var report = new StartReport(out, configuration);
    var running = new Running(out);
    running.start(configuration, report);
    report.done();
    report.warn(values);
    new CountDownLatch(1).await(); // the shutdown hook ends the process
    return 0;
  }
}
