package io.tawara.app;

import io.tawara.app.sample.SampleCluster;
import io.tawara.app.sample.SamplePayloads;
import io.tawara.app.sample.SamplePayloads.Written;
import io.tawara.app.terminal.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `tawara sample`: data to try things with.
@Command(
    name = "sample",
    description = "Makes sample data; the same arguments give the same bytes.",
    synopsisSubcommandLabel = "KIND",
    mixinStandardHelpOptions = true)
final class SampleCommand {
  @Command(
      name = "openshift",
      description = {
        "Writes payloads of an OpenShift cluster, as its metrics operator sends them: pods,"
            + " volumes, labels of nodes and namespaces, virtual machines, GPUs.",
        "Example: ./tawara sample openshift --cluster harbour --start 2026-10-01 --end 2026-10-31"
            + " --nodes 15 --out samples"
      },
      mixinStandardHelpOptions = true)
  int openshift(
      @Option(
              names = "--cluster",
              defaultValue = "harbour",
              description = "name and id of the cluster (default ${DEFAULT-VALUE})")
          String name,
      @Option(
              names = "--start",
              paramLabel = "DAY",
              description = "first day (default: the first of last month)")
          LocalDate start,
      @Option(names = "--end", paramLabel = "DAY", description = "last day (default: yesterday)")
          LocalDate end,
      @Option(
              names = "--nodes",
              defaultValue = "15",
              description = "1 to 1072 (default ${DEFAULT-VALUE})")
          int nodes,
      @Option(
              names = "--pods-per-node",
              defaultValue = "12",
              description = "on workers (default ${DEFAULT-VALUE})")
          int pods,
      @Option(
              names = "--days",
              defaultValue = "31",
              description = "days in one payload at most; never more than a month")
          int days,
      @Option(
              names = "--resource-optimization",
              description = "with files for resource optimization")
          boolean ros,
      @Option(
              names = "--out",
              defaultValue = ".",
              description = "folder to write to (default: this one)")
          Path out,
      @Mixin Output output) {
    PrintWriter err = spec.commandLine().getErr();
    LocalDate today = LocalDate.now(Clock.systemUTC());
    LocalDate from = start == null ? today.withDayOfMonth(1).minusMonths(1) : start;
    LocalDate to = end == null ? today.minusDays(1) : end;
    if (to.isBefore(from) || days < 1) {
      throw new ParameterException(
          spec.commandLine(), "nothing to write: --start after --end, or --days below 1");
    }
    SampleCluster cluster;
    try {
      cluster = new SampleCluster(name, nodes, pods);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage());
    }
    try {
      List<Written> all =
          new SamplePayloads(cluster, ros)
              .write(
                  from,
                  to,
                  days,
                  out,
                  each -> {
                    if (!output.json()) {
                      err.printf(
                          "%s  %s … %s  %,d rows  %s of CSV in %s%n",
                          each.file(),
                          each.from(),
                          each.to(),
                          each.rows(),
                          Output.megabytes(each.csvBytes()),
                          Output.megabytes(each.bytes()));
                      err.flush();
                    }
                  });
      if (output.json()) {
        output.print(spec, all.stream().map(SampleCommand::json).toList());
      } else {
        PrintWriter lines = spec.commandLine().getOut();
        all.forEach(each -> lines.println(each.file()));
        lines.flush();
      }
      return 0;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static java.util.Map<String, Object> json(Written written) {
    var members = new java.util.LinkedHashMap<String, Object>();
    members.put("file", written.file().toString());
    members.put("from", written.from().toString());
    members.put("to", written.to().toString());
    members.put("files", written.files());
    members.put("rows", written.rows());
    members.put("csv_bytes", written.csvBytes());
    members.put("bytes", written.bytes());
    return members;
  }

  @Spec private CommandSpec spec;
}
