package io.tawara.embedded;

import io.tawara.core.config.KafkaConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/// One Kafka broker (KRaft, no ZooKeeper) inside this process; its log persists in the directory.
public final class EmbeddedKafka implements AutoCloseable {
  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /// Starts the broker and returns when it takes connections.
  ///
  /// @param port 0 for a free one
  public static EmbeddedKafka start(Path directory, int port) {
    try (Ports.Claim any = Ports.claim();
        Ports.Claim controller = Ports.claim()) {
      int broker = port == 0 ? any.port() : port;
      Path log = directory.toAbsolutePath().normalize().resolve("log");
      Files.createDirectories(log);
      Map<String, String> settings = settings(log, broker, controller.port());
      if (!Files.exists(log.resolve("meta.properties"))) {
        format(directory, settings);
      }
      var server = new KafkaRaftServer(new kafka.server.KafkaConfig(settings), Time.SYSTEM);
      server.startup();
      return new EmbeddedKafka(server, broker);
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded Kafka: " + failure.getMessage(), failure);
    }
  }

  /// Its version.
  public static String version() {
    return org.apache.kafka.common.utils.AppInfoParser.getVersion();
  }

  /// How clients reach the broker.
  public KafkaConfig config() {
    return new KafkaConfig("127.0.0.1:" + port, Map.of());
  }

  private static Map<String, String> settings(Path log, int broker, int controller) {
    var settings = new HashMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(broker, controller));
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + broker);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("log.dirs", log.toString());
    settings.put("num.partitions", "1");
    settings.put("default.replication.factor", "1");
    settings.put("auto.create.topics.enable", "true");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "2");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    // After a kill the controller waits for the old session to end before it lets the broker in.
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "400");
    return settings;
  }

  private static void format(Path directory, Map<String, String> settings) throws IOException {
    Path file = directory.resolve("server.properties");
    var lines = new StringBuilder();
    settings.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    Files.writeString(file, lines);
    var output = new ByteArrayOutputStream();
    int status =
        StorageTool.execute(
            new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()},
            new PrintStream(output, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IOException("format failed: " + output.toString(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
