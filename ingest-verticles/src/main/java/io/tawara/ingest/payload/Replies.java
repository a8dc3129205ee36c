package io.tawara.ingest.payload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.SQLException;

/// Messages that tell others about payloads. They are written to the outbox in the transaction of
/// what they tell about, and sent from there.
public final class Replies {
  private static final String VALIDATION_TOPIC = "platform.upload.validation";

  private final boolean validations;

  /// @param validations whether senders are told the outcome
  public Replies(boolean validations) {
    this.validations = validations;
  }

  /// Tells the upload gateway whether a payload was good.
  public void validation(Connection connection, String requestId, boolean success)
      throws SQLException {
    if (validations) {
      var message =
          JsonNodeFactory.instance
              .objectNode()
              .put("request_id", requestId)
              .put("validation", success ? "success" : "failure");
      send(connection, VALIDATION_TOPIC, "{}", message.toString(), requestId);
    }
  }

  /// Adds a message in the caller's transaction on public tables.
  ///
  /// @param headers JSON object of texts
  public static void send(
      Connection connection, String topic, String headers, String message, String requestId)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into public.outbox (topic, key, headers, value, request_id)"
                + " values (?, ?, ?::jsonb, ?, ?)")) {
      statement.setString(1, topic);
      statement.setString(2, requestId);
      statement.setString(3, headers);
      statement.setString(4, message);
      statement.setString(5, requestId);
      statement.executeUpdate();
    }
  }
}
