package io.tawara.gateway.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.outbox.Outbox;
import io.tawara.core.outbox.OutboxMessage;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what waits in the outbox: at least once, and in order per key. One process at a time
/// sends; the others wait for it to end or to die. While Kafka is away messages wait.
public final class OutboxPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxPublisher.class);
  private static final int BATCH = 500;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Database database;
  private final KafkaProducer<String, String> producer;
  private final Counter failures;
  private final Semaphore wishes = new Semaphore(0);
  private final Thread thread;
  private volatile boolean stopping;

  public OutboxPublisher(Database database, KafkaConfig kafka, MeterRegistry meters) {
    this.database = database;
    this.failures = meters.counter("kafka_connection_errors");
    var properties = new HashMap<String, Object>(kafka.security());
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("client.id", "tawara-outbox");
    properties.put("acks", "all");
    properties.put("metric.reporters", "");
    properties.put("enable.idempotence", "true");
    properties.put("max.block.ms", "5000");
    properties.put("request.timeout.ms", "10000");
    properties.put("delivery.timeout.ms", "15000");
    this.producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    this.thread = Thread.ofVirtual().name("outbox").start(this::loop);
  }

  /// Says that something was added, so that it is sent without delay.
  public void wake() {
    wishes.release();
  }

  private void loop() {
    Duration wait = POLL;
    while (!stopping) {
      try {
        boolean more = database.transaction(this::send);
        wait = more ? Duration.ZERO : POLL;
      } catch (TawaraException | KafkaException away) {
        failures.increment();
        wait = wait.isZero() ? POLL : min(wait.multipliedBy(2), LONGEST_WAIT);
        LOG.warn("outbox waits {} ms: {}", wait.toMillis(), away.getMessage());
      }
      try {
        if (wishes.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          wishes.drainPermits();
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Duration min(Duration left, Duration right) {
    return left.compareTo(right) < 0 ? left : right;
  }

  private record Sent(long id, Future<?> done) {}

  /// Sends the oldest messages and removes those that arrived. A message leaves when the one of the
  /// same key before it has arrived; after a failure the later ones stay.
  ///
  /// @return whether there may be more
  private boolean send(Connection connection) throws SQLException {
    List<Outbox.Waiting> waiting = Outbox.take(connection, BATCH);
    var lines = new LinkedHashMap<String, Deque<Outbox.Waiting>>();
    for (Outbox.Waiting each : waiting) {
      OutboxMessage message = each.message();
      lines
          .computeIfAbsent(message.topic() + "/" + message.key(), _ -> new ArrayDeque<>())
          .add(each);
    }
    var arrived = new ArrayList<Long>();
    while (!lines.isEmpty()) {
      var heads = new LinkedHashMap<String, Sent>();
      lines.forEach(
          (key, line) -> {
            Outbox.Waiting head = line.poll();
            heads.put(key, new Sent(head.id(), producer.send(record(head.message()))));
          });
      producer.flush();
      heads.forEach(
          (key, sent) -> {
            if (arrived(sent)) {
              arrived.add(sent.id());
            } else {
              lines.remove(key);
            }
          });
      lines.values().removeIf(Deque::isEmpty);
    }
    if (!arrived.isEmpty()) {
      Outbox.remove(connection, arrived);
    }
    if (!waiting.isEmpty() && arrived.isEmpty()) {
      throw new KafkaException("no message of the outbox could be sent");
    }
    return waiting.size() == BATCH;
  }

  private static ProducerRecord<String, String> record(OutboxMessage message) {
    var record =
        new ProducerRecord<>(
            message.topic(), message.key().isEmpty() ? null : message.key(), message.value());
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      record.headers().add(header.getKey(), header.getValue().getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }

  private static boolean arrived(Sent sent) {
    try {
      sent.done().get();
      return true;
    } catch (ExecutionException failed) {
      LOG.warn("message {} was not sent: {}", sent.id(), failed.getCause().getMessage());
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    stopping = true;
    wishes.release();
    try {
      thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(5));
  }
}
