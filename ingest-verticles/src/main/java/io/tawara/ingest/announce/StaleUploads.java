package io.tawara.ingest.announce;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.database.Database;
import io.tawara.ingest.ledger.Uploads;
import io.tawara.ingest.ledger.Uploads.Upload;
import io.tawara.ingest.payload.Replies;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Announces uploads again that were accepted and that nobody took over: their announcement was
/// lost between the gateway's row and Kafka.
public final class StaleUploads {
  private static final Logger LOG = LoggerFactory.getLogger(StaleUploads.class);

  private final Database database;

  public StaleUploads(Database database) {
    this.database = database;
  }

  /// Announces what has waited for so long.
  public void announceAgain(Duration patience) {
    database.run(
        connection -> {
          for (Upload upload : Uploads.stale(connection, patience)) {
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
