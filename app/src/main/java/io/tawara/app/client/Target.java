package io.tawara.app.client;

import java.net.URI;
import picocli.CommandLine.Option;

/// Options of commands that talk to a running Tawara: where it is.
public final class Target {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8000",
      description = "public port (default ${DEFAULT-VALUE})")
  private URI url;

  @Option(
      names = "--internal-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:5042",
      description = "internal port (default ${DEFAULT-VALUE})")
  private URI internal;

  @Option(
      names = "--prefix",
      paramLabel = "PATH",
      defaultValue = "/api/cost-management",
      description = "what stands before /v1/ (default ${DEFAULT-VALUE})")
  private String prefix;

  public Api api() {
    return new Api(url, internal, prefix);
  }
}
