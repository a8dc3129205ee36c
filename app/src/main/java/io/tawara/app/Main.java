package io.tawara.app;

import io.tawara.app.client.DoctorCommand;
import io.tawara.app.client.IdentityCommand;
import io.tawara.app.client.IngestCommand;
import io.tawara.app.client.JobsCommand;
import io.tawara.app.client.LedgerCommand;
import io.tawara.app.settings.InvalidConfiguration;
import io.tawara.app.settings.Mistake;
import io.tawara.core.error.TawaraException;
import java.io.PrintWriter;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line: `tawara COMMAND`.
@Command(
    name = "tawara",
    description = "Cost management (FinOps) for clouds and OpenShift clusters.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      SampleCommand.class,
      IngestCommand.class,
      IdentityCommand.class,
      JobsCommand.class,
      LedgerCommand.class,
      DoctorCommand.class,
      SettingsCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main {
  /// Exit status of a wrong configuration or command line.
  static final int WRONG_USE = 2;

  private static final int FAILED = 1;

  private Main() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // figures look the same everywhere
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler((failure, command, parsed) -> tell(failure, command));
  }

  /// What a person can mend is told in a line; a fault of ours with all that is known.
  private static int tell(Exception failure, CommandLine command) {
    PrintWriter err = command.getErr();
    return switch (failure) {
      case InvalidConfiguration wrong -> {
        err.println("The configuration has " + count(wrong.mistakes().size()) + ":");
        for (Mistake mistake : wrong.mistakes()) {
          err.println("  " + mistake.name() + ": " + mistake.problem());
        }
        err.println("All settings: docs/configuration.md");
        yield WRONG_USE;
      }
      case TawaraException known when known.category() != TawaraException.Category.INTERNAL -> {
        err.println("tawara: " + known.getMessage());
        yield FAILED;
      }
      default -> {
        LoggerFactory.getLogger(Main.class).error("tawara ended", failure);
        yield FAILED;
      }
    };
  }

  private static String count(int mistakes) {
    return mistakes == 1 ? "a mistake" : mistakes + " mistakes";
  }
}
