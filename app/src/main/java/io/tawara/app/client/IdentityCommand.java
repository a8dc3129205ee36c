package io.tawara.app.client;

import io.tawara.app.terminal.Output;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `tawara identity`: a header to try the API with.
@Command(
    name = "identity",
    description = {
      "Prints a value for the header x-rh-identity.",
      "Example: curl -s http://127.0.0.1:8000/api/cost-management/v1/sources/"
          + " -H \"x-rh-identity: $(./tawara identity)\""
    },
    mixinStandardHelpOptions = true)
public final class IdentityCommand implements Callable<Integer> {
  @Mixin private Sender sender;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (output.json()) {
      output.print(spec, sender.json());
    } else {
      spec.commandLine().getOut().println(sender.header());
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
