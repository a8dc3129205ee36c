package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.source.SourceEvents;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.sources.SourceEvent.Type;
import io.tawara.ingest.sources.SourceEvent.Unreadable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens to Platform Sources. A batch of events becomes durable work in one transaction, in the
/// line of each source; then the offsets are committed. What an event does, and all HTTP, happens
/// in that work (see [SourceEventHandler]): no partition ever waits for a service. An event that
/// cannot be understood is parked with its reason.
public final class SourcesListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourcesListener.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Set<String> AUTHENTICATION_TYPES =
      Set.of(
          "token", "arn", "tenant_id_client_id_client_secret", "project_id_service_account_json");

  private final Database database;
  private final WorkQueue work;
  private final IntSupplier applicationType;
  private final String topic;
  private final Duration retryWait;
  private final Map<String, Object> properties;
  private final Counter retries;
  private final Counter kafkaFailures;
  private final MeterRegistry meters;
  private final Thread thread;
  private volatile KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean stopping;

  /// @param applicationType the id of cost management in Platform Sources; may block, and throws a
  ///   retryable error while it cannot be found out
  /// @param retryWait before a batch is tried again
  public SourcesListener(
      KafkaConfig kafka,
      String topic,
      String group,
      Database database,
      WorkQueue work,
      IntSupplier applicationType,
      Duration retryWait,
      MeterRegistry meters) {
    this.database = database;
    this.work = work;
    this.applicationType = applicationType;
    this.topic = topic;
    this.retryWait = retryWait;
    this.meters = meters;
    this.retries = meters.counter("sources_kafka_retry_errors");
    this.kafkaFailures = meters.counter("kafka_connection_errors");
    var settings = new HashMap<String, Object>(kafka.security());
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", group);
    settings.put("client.id", "tawara-" + group);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.poll.records", "500");
    settings.put("session.timeout.ms", "10000"); // a process that died holds its partitions so long
    settings.put("heartbeat.interval.ms", "3000");
    settings.put("metadata.max.age.ms", "10000");
    this.properties = Map.copyOf(settings);
    this.thread = Thread.ofPlatform().name("sources-listener").daemon().start(this::consume);
  }

  private void consume() {
    while (!stopping) {
      try (var opened =
              new KafkaConsumer<byte[], byte[]>(
                  properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
          var own = new KafkaClientMetrics(opened)) {
        own.bindTo(meters);
        consumer = opened;
        opened.subscribe(List.of(topic));
        while (!stopping) {
          ConsumerRecords<byte[], byte[]> records = opened.poll(POLL);
          if (!records.isEmpty()) {
            take(opened, records);
          }
        }
      } catch (WakeupException stop) {
        LOG.debug("sources are no longer listened to");
      } catch (KafkaException away) {
        kafkaFailures.increment();
        LOG.warn("Kafka is away, retrying: {}", away.getMessage());
        pause();
      }
    }
  }

  /// Makes a batch durable, then commits it. When that is not possible now, the batch is read
  /// again.
  private void take(KafkaConsumer<byte[], byte[]> from, ConsumerRecords<byte[], byte[]> records) {
    try {
      int wanted = applicationType.getAsInt();
      database.run(connection -> store(connection, records, wanted));
      var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
      for (TopicPartition partition : records.partitions()) {
        long last = records.records(partition).getLast().offset();
        offsets.put(partition, new OffsetAndMetadata(last + 1));
      }
      from.commitSync(offsets);
    } catch (TawaraException away) {
      retries.increment();
      LOG.warn("events of sources wait: {}", away.getMessage());
      for (TopicPartition partition : records.partitions()) {
        from.seek(partition, records.records(partition).getFirst().offset());
      }
      pause();
    }
  }

  private void store(Connection connection, ConsumerRecords<byte[], byte[]> records, int wanted)
      throws SQLException {
    var items = new ArrayList<WorkItem>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Optional<Type> type = header(record, "event_type").flatMap(Type::ofName);
      if (type.isEmpty() || header(record, SourceEvents.ORIGIN_HEADER).isPresent()) {
        continue;
      }
      try {
        SourceEvent event = SourceEventHandler.read(body(record));
        if (relevant(event, wanted)) {
          items.add(
              new WorkItem(
                  SourceEventHandler.KIND, "source:" + event.sourceId(), body(record), id(record)));
        }
      } catch (Unreadable reason) {
        LOG.warn("event {} is parked: {}", id(record), reason.getMessage());
        work.park(
            connection,
            new WorkItem(SourceEventHandler.KIND, "source-events:parked", body(record), id(record)),
            reason.getMessage());
      }
    }
    if (!items.isEmpty()) {
      work.addAll(connection, items);
    }
  }

  private static boolean relevant(SourceEvent event, int wanted) {
    if (event.type().aboutApplication()) {
      return event.applicationTypeId() == wanted;
    }
    return !event.type().aboutAuthentication()
        || AUTHENTICATION_TYPES.contains(event.authenticationType());
  }

  private static String id(ConsumerRecord<byte[], byte[]> record) {
    return record.topic() + "-" + record.partition() + "-" + record.offset();
  }

  /// The whole message, so that a parked one can be read and driven again.
  private static JsonNode body(ConsumerRecord<byte[], byte[]> record) {
    ObjectNode body = SourceEvent.object();
    body.put("offset", record.offset());
    ObjectNode headers = body.putObject("headers");
    for (Header header : record.headers()) {
      if (header.value() != null && !headers.has(header.key())) {
        headers.put(header.key(), printable(header.value()));
      }
    }
    body.put("value", record.value() == null ? "" : printable(record.value()));
    return body;
  }

  private static String printable(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "\uFFFD");
  }

  private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
    for (Header header : record.headers().headers(name)) {
      if (header.value() != null) {
        return Optional.of(new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }

  private void pause() {
    long until = System.nanoTime() + retryWait.toNanos();
    while (!stopping && System.nanoTime() < until) {
      try {
        Thread.sleep(Math.max(1, Math.min(100, retryWait.toMillis())));
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    KafkaConsumer<byte[], byte[]> running = consumer;
    if (running != null) {
      running.wakeup();
    }
    try {
      if (!thread.join(STOP)) {
        LOG.warn("the listener to sources did not stop in {}", STOP);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
