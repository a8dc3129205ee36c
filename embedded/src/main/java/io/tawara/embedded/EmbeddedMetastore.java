package io.tawara.embedded;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A Hive Metastore in a JVM of its own, with its catalog in a PostgreSQL database.
public final class EmbeddedMetastore implements AutoCloseable {
  /// What is started.
  public static final String VERSION = "4.0.1";

  private static final Duration START = Duration.ofMinutes(5);

  private final ChildJvm process;
  private final MetastoreConfig config;

  private EmbeddedMetastore(ChildJvm process, MetastoreConfig config) {
    this.process = process;
    this.config = config;
  }

  /// Fetches the metastore when that was never done.
  public static void fetch(Consumer<String> progress) {
    ServiceDistribution.METASTORE.home(progress);
  }

  /// Starts the metastore and returns when it takes connections.
  ///
  /// @param database an own database for its catalog; the tables are made when it is empty
  /// @param port 0 for a free one
  /// @param progress is told what happens, one line each
  public static EmbeddedMetastore start(
      Path directory, DatabaseConfig database, int port, Consumer<String> progress) {
    Path home = ServiceDistribution.METASTORE.home(progress);
    try (Ports.Claim any = Ports.claim()) {
      Files.createDirectories(directory);
      makeTables(database, home.resolve("hive-schema-4.0.0.postgres.sql"));
      int taken = port == 0 ? any.port() : port;
      Path settings = Files.createDirectories(directory.resolve("conf"));
      writeSettings(settings.resolve("metastore-site.xml"), database, directory);
      ChildJvm process =
          ChildJvm.start(
              "metastore",
              directory,
              List.of(
                  "-Xmx256m",
                  "-XX:+UseSerialGC",
                  "-Duser.timezone=UTC",
                  "--add-opens=java.base/java.net=ALL-UNNAMED",
                  "--add-opens=java.base/java.lang=ALL-UNNAMED",
                  "--add-opens=java.base/java.util=ALL-UNNAMED",
                  "-cp",
                  settings + ":" + ServiceDistribution.classPath(home),
                  "org.apache.hadoop.hive.metastore.HiveMetaStore",
                  "-p",
                  Integer.toString(taken)));
      process.await(START, () -> listens(taken));
      return new EmbeddedMetastore(process, new MetastoreConfig("127.0.0.1", taken));
    } catch (IOException | SQLException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded metastore: " + failure.getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded metastore: start interrupted", interrupted);
    }
  }

  private static boolean listens(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /// Applies the schema that comes with the metastore, in one transaction, to an empty database.
  private static void makeTables(DatabaseConfig database, Path schema)
      throws IOException, SQLException {
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      try (var rows = statement.executeQuery("select to_regclass('public.\"VERSION\"')")) {
        rows.next();
        if (rows.getString(1) != null) {
          return;
        }
      }
      statement.execute(Files.readString(schema, StandardCharsets.UTF_8));
      connection.commit();
    }
  }

  private static void writeSettings(Path file, DatabaseConfig database, Path directory)
      throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("metastore.thrift.bind.host", "127.0.0.1");
    values.put("metastore.thrift.uris", "");
    values.put("metastore.warehouse.dir", directory.resolve("warehouse").toUri().toString());
    values.put("metastore.warehouse.external.dir", "s3a://warehouse/");
    values.put("javax.jdo.option.ConnectionURL", database.jdbcUrl());
    values.put("javax.jdo.option.ConnectionDriverName", "org.postgresql.Driver");
    values.put("javax.jdo.option.ConnectionUserName", database.user());
    values.put("javax.jdo.option.ConnectionPassword", database.password());
    values.put("datanucleus.schema.autoCreateAll", "false");
    values.put("datanucleus.connectionPool.maxPoolSize", "4");
    values.put("metastore.schema.verification", "true");
    values.put("metastore.task.threads.always", "");
    values.put("metastore.task.threads.remote", "");
    values.put(
        "metastore.expression.proxy",
        "org.apache.hadoop.hive.metastore.DefaultPartitionExpressionProxy");
    values.put("metastore.strict.managed.tables", "false");
    values.put("metastore.stats.autogather", "false");
    values.put("metastore.housekeeping.threads.on", "false");
    values.put("metastore.compactor.initiator.on", "false");
    values.put("fs.s3a.impl", "io.tawara.services.DirectoryFileSystem");
    values.put("fs.s3.impl", "io.tawara.services.DirectoryFileSystem");
    var xml = new StringBuilder("<?xml version=\"1.0\"?>\n<configuration>\n");
    values.forEach(
        (name, value) ->
            xml.append(
                "  <property><name>%s</name><value>%s</value></property>\n"
                    .formatted(name, escaped(value))));
    Files.writeString(file, xml.append("</configuration>\n"));
  }

  private static String escaped(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;");
  }

  public MetastoreConfig config() {
    return config;
  }

  @Override
  public void close() {
    process.close();
  }
}
