package io.tawara.app;

import io.tawara.app.settings.Setting;
import io.tawara.app.settings.Settings;
import io.tawara.app.settings.SettingsPage;
import io.tawara.app.settings.Values;
import io.tawara.app.terminal.Output;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `tawara settings`: what can be set, and what holds here.
@Command(
    name = "settings",
    description = {
      "Shows every setting, its value here and where the value comes from. Secrets are not shown.",
      "Example: RETAIN_NUM_MONTHS=6 ./tawara settings"
    },
    mixinStandardHelpOptions = true)
final class SettingsCommand implements Callable<Integer> {
  @Option(names = "--markdown", description = "prints docs/configuration.md instead")
  private boolean markdown;

  @Mixin private StartOptions start;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      out.print(SettingsPage.markdown());
      out.flush();
      return 0;
    }
    Values values = start.values();
    var shown = new LinkedHashMap<String, String>();
    for (Setting<?> setting : Settings.all()) {
      shown.put(setting.name(), values.shown(setting));
    }
    if (output.json()) {
      output.print(spec, shown);
    } else {
      shown.forEach(
          (name, value) ->
              out.printf("%-32s %s%s%n", name, value, values.isSet(name) ? "  (set)" : ""));
      out.flush();
    }
    return 0;
  }
}
