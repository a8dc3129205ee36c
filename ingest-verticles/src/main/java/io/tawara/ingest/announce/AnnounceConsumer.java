package io.tawara.ingest.announce;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.error.TawaraException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Consumes announcements one after the other. An offset is committed after the transaction that
/// took the payload over; what cannot be done now is tried again until it can, without losing the
/// place in the group.
///
/// A new group begins with the oldest message: taking a payload over twice changes nothing, missing
/// one would.
public final class AnnounceConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnnounceConsumer.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final AnnounceReceiver receiver;
  private final Duration retryWait;
  private final MeterRegistry meters;
  private final String topic;
  private final Map<String, Object> properties;
  private volatile KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean stopping;
  private final Thread thread;

  public AnnounceConsumer(
      KafkaConfig kafka,
      String topic,
      String group,
      AnnounceReceiver receiver,
      Duration retryWait,
      MeterRegistry meters) {
    this.receiver = receiver;
    this.retryWait = retryWait;
    this.meters = meters;
    this.topic = topic;
    var settings = new HashMap<String, Object>(kafka.security());
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.put("group.id", group);
    settings.put("client.id", "tawara-" + group);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.poll.records", "1");
    settings.put("max.poll.interval.ms", "1080000");
    settings.put("session.timeout.ms", "10000"); // a process that died holds its partitions so long
    settings.put("heartbeat.interval.ms", "3000");
    settings.put("metadata.max.age.ms", "10000");
    properties = settings;
    thread = Thread.ofPlatform().name("announce-consumer").daemon().start(this::consume);
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
          for (ConsumerRecord<byte[], byte[]> record : opened.poll(POLL)) {
            handle(opened, record);
          }
        }
      } catch (WakeupException stop) {
        LOG.debug("announcements are no longer consumed");
      } catch (KafkaException away) {
        LOG.warn("Kafka is away, retrying: {}", away.getMessage());
        pause();
      }
    }
  }

  private void handle(KafkaConsumer<byte[], byte[]> from, ConsumerRecord<byte[], byte[]> record) {
    var partition = new TopicPartition(record.topic(), record.partition());
    try {
      if (isForUs(record)) {
        MDC.put("kafka_offset", Long.toString(record.offset()));
        receiver.receive(record.value());
      }
      from.commitSync(Map.of(partition, new OffsetAndMetadata(record.offset() + 1)));
    } catch (TawaraException failure) {
      if (failure.retryable()) {
        LOG.warn("announcement at offset {} waits: {}", record.offset(), failure.getMessage());
        from.seek(partition, record.offset());
        pause();
      } else {
        LOG.error("announcement at offset {} is left out", record.offset(), failure);
        from.commitSync(Map.of(partition, new OffsetAndMetadata(record.offset() + 1)));
      }
    } finally {
      MDC.remove("kafka_offset");
    }
  }

  private static boolean isForUs(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return false;
    }
    Header service = record.headers().lastHeader("service");
    return service == null
        ? Announcement.isForUs(record.value())
        : new String(service.value(), StandardCharsets.UTF_8).equals(Announcement.SERVICE);
  }

  private void pause() {
    long until = System.nanoTime() + retryWait.toNanos();
    while (!stopping && System.nanoTime() < until) {
      try {
        Thread.sleep(Math.min(100, retryWait.toMillis()));
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
        LOG.warn("the announcement consumer did not stop in {}", STOP);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
