package io.tawara.app;

import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Settings;
import io.tawara.app.settings.Values;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Tells a person what is ready where, and what would hurt in production.
final class StartReport implements StartListener {
  private final PrintWriter out;
  private final long begin = System.nanoTime();

  StartReport(PrintWriter out, Configuration configuration) {
    this.out = out;
    out.printf(
        "Tawara %s · mode %s · roles %s · data in %s%n",
        Version.ofTawara(),
        configuration.mode().name().toLowerCase(Locale.ROOT),
        configuration.roles().stream()
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining(", ")),
        configuration.dataDirectory());
    out.flush();
  }

  @Override
  public synchronized void ready(Part part) {
    out.printf(
        "  %-15s %-40s %-9s %-14s %6s%n",
        part.name(),
        part.address(),
        part.embedded() ? "" : "external",
        part.version(),
        seconds(part.after()));
    out.flush();
  }

  @Override
  public synchronized void progress(String line) {
    out.println("  " + line);
    out.flush();
  }

  /// Everything is ready.
  void done() {
    out.printf("Ready after %.1f s%n", (System.nanoTime() - begin) / 1e9);
    out.flush();
  }

  /// Names what would hurt in production.
  void warn(Values values) {
    for (String warning : warnings(values)) {
      out.println("Not for production: " + warning);
    }
    out.flush();
  }

  private static List<String> warnings(Values values) {
    var warnings = new ArrayList<String>();
    if (values.find(Settings.DATABASE_HOST).isEmpty()) {
      warnings.add("the database is embedded; set DATABASE_HOST, DATABASE_USER, DATABASE_PASSWORD");
    }
    if (values.find(Settings.S3_ENDPOINT).isEmpty()) {
      warnings.add("the object store is embedded; set S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET");
    }
    if (values.find(Settings.KAFKA_HOST).isEmpty()) {
      warnings.add("Kafka is embedded; set INSIGHTS_KAFKA_HOST");
    }
    if (values.find(Settings.CREDENTIAL_KEYS).isEmpty()) {
      warnings.add(
          "the key of credentials lies beside the data; set TAWARA_CREDENTIAL_KEYS from a secret"
              + " store");
    }
    if (!values.get(Settings.HOST).equals("127.0.0.1")
        && !values.get(Settings.HOST).equals("localhost")) {
      warnings.add(
          "both ports listen on %s; the internal one (%d) must not be reachable from outside"
              .formatted(values.get(Settings.HOST), values.get(Settings.INTERNAL_PORT)));
    }
    if (!values.get(Settings.ENHANCED_ORG_ADMIN) && !values.isSet(Settings.RBAC_HOST)) {
      warnings.add(
          "no role service is configured, so everybody gets 424; set RBAC_SERVICE_HOST, or"
              + " ENHANCED_ORG_ADMIN=true");
    }
    if (values.get(Settings.DEVELOPMENT)) {
      warnings.add("DEVELOPMENT=true lets sources read folders of this machine");
    }
    if (values.find(Settings.NOW).isPresent()) {
      warnings.add("business time began with " + values.find(Settings.NOW).orElseThrow());
    }
    return warnings;
  }

  private static String seconds(Duration duration) {
    return duration.isZero() ? "" : "%.1f s".formatted(duration.toMillis() / 1e3);
  }
}
