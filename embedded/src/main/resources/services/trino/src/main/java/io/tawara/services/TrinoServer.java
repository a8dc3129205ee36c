package io.tawara.services;

import io.trino.plugin.hive.HivePlugin;
import io.trino.server.testing.TestingTrinoServer;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// A Trino coordinator that is its own worker, with the Hive connector, for development and tests.
/// Arguments: a properties file of the server, a folder of catalog files, a folder for its data,
/// and a file that is written with the address when queries can be sent.
public final class TrinoServer {
  private TrinoServer() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> properties = read(Path.of(arguments[0]));
    Path catalogs = Path.of(arguments[1]);
    Path ready = Path.of(arguments[3]);
    var server =
        TestingTrinoServer.builder()
            .setProperties(properties)
            .setBaseDataDir(Optional.of(Path.of(arguments[2])))
            .setEnvironment("tawara")
            .build();
    server.installPlugin(new HivePlugin());
    try (var files = Files.newDirectoryStream(catalogs, "*.properties")) {
      for (Path file : files) {
        var catalog = new HashMap<>(read(file));
        String name = file.getFileName().toString().replace(".properties", "");
        server.createCatalog(name, catalog.remove("connector.name"), catalog);
      }
    }
    Path draft = ready.resolveSibling(ready.getFileName() + ".draft");
    Files.writeString(draft, server.getBaseUrl().toString());
    Files.move(draft, ready);
  }

  private static Map<String, String> read(Path file) throws IOException {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    var values = new HashMap<String, String>();
    properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
    return values;
  }
}
