package io.tawara.ingest.announce;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.database.Database;
import io.tawara.ingest.ledger.Uploads;
import io.tawara.ingest.ledger.Uploads.Upload;
import io.tawara.ingest.payload.Replies;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Announces uploads again that were accepted and that nobody took over: their announcement was
/// lost between the gateway's row and Kafka.
public final class StaleUploads {
  private static final Logger LOG = LoggerFactory.getLogger(StaleUploads.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Database database;
  private final Clock clock;

  /// @param clock the machine's clock: waiting is real
  public StaleUploads(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Announces what has waited for a minute.
  public void announceAgain() {
    database.run(
        connection -> {
          for (Upload upload : Uploads.stale(connection, clock.instant().minus(PATIENCE))) {
            if (upload.objectKey() == null) {
              continue;
            }
            LOG.warn("request {} is announced again", upload.requestId());
            var message =
                JsonNodeFactory.instance
                    .objectNode()
                    .put("request_id", upload.requestId())
                    .put("org_id", upload.organisationId())
                    .put("account", upload.account())
                    .put("b64_identity", upload.identity())
                    .put("category", "tar")
                    .put("service", Announcement.SERVICE);
            Replies.send(
                connection,
                Announcement.TOPIC,
                "{\"service\": \"" + Announcement.SERVICE + "\"}",
                message.toString(),
                upload.requestId());
            Uploads.announced(connection, upload.requestId());
          }
        });
  }
}
