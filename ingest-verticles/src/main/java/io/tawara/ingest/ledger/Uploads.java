package io.tawara.ingest.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Uploads (`public.upload`): from the moment that a sender was told "accepted" to the last effect.
/// All methods work in the caller's transaction on public tables.
public final class Uploads {
  private Uploads() {}

  /// What became of an upload.
  public enum State {
    /// Acknowledged, not yet taken over by ingestion.
    ACCEPTED("accepted"),
    /// Its work is queued.
    RECEIVED("received"),
    /// Everything in it was dealt with.
    DONE("done"),
    /// Nothing in it is wanted: unknown cluster, too old.
    DROPPED("dropped"),
    /// It could not be read.
    REJECTED("rejected");

    private final String column;

    State(String column) {
      this.column = column;
    }

    static State of(String column) {
      for (State state : values()) {
        if (state.column.equals(column)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no upload state: " + column);
    }
  }

  /// An upload.
  ///
  /// @param objectKey where its bytes are in the object store; null while only a foreign gateway
  ///   has them
  /// @param identity base64 identity of the sender, may be null
  public record Upload(
      String requestId,
      String organisationId,
      String account,
      String objectKey,
      String identity,
      State state,
      String reason) {

    /// The same upload with its bytes kept under another key.
    public Upload at(String key) {
      return new Upload(requestId, organisationId, account, key, identity, state, reason);
    }
  }

  public static Optional<Upload> find(Connection connection, String requestId) throws SQLException {
    return list(connection, "where request_id = ?", requestId).stream().findFirst();
  }

  /// Uploads that were accepted or announced longer ago than patience goes and that nobody took
  /// over; locked until the transaction ends.
  public static List<Upload> stale(Connection connection, Duration patience) throws SQLException {
    return list(
        connection,
        """
        where state = 'accepted' and request_id in (
          select request_id from public.upload
          where state = 'accepted' and coalesce(announced, accepted) < now() - ? * interval '1 second'
          order by accepted limit 100 for update skip locked)
        """,
        patience.toSeconds());
  }

  private static List<Upload> list(Connection connection, String where, Object parameter)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select request_id, org_id, account, object_key, identity, state, reason"
                + " from public.upload "
                + where)) {
      statement.setObject(1, parameter);
      var found = new ArrayList<Upload>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Upload(
                  rows.getString(1),
                  rows.getString(2),
                  rows.getString(3),
                  rows.getString(4),
                  rows.getString(5),
                  State.of(rows.getString(6)),
                  rows.getString(7)));
        }
      }
      return found;
    }
  }

  public static void announced(Connection connection, String requestId) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.upload set announced = now() where request_id = ?")) {
      statement.setString(1, requestId);
      statement.executeUpdate();
    }
  }

  /// Takes an upload over, or notes why not. An upload that another gateway announced gets its row
  /// here.
  public static void take(
      Connection connection, Upload upload, long bytes, State state, String reason)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.upload
              (request_id, org_id, account, object_key, bytes, identity, state, reason, announced,
               received, completed)
            values (?, ?, ?, ?, ?, ?, ?, ?, now(), now(), case when ? then now() end)
            on conflict (request_id) do update set
              state = excluded.state, reason = excluded.reason, received = excluded.received,
              object_key = excluded.object_key, bytes = excluded.bytes,
              completed = excluded.completed
            """)) {
      statement.setString(1, upload.requestId());
      statement.setString(2, upload.organisationId());
      statement.setString(3, upload.account());
      statement.setString(4, upload.objectKey());
      statement.setLong(5, bytes);
      statement.setString(6, upload.identity());
      statement.setString(7, state.column);
      statement.setString(8, reason);
      statement.setBoolean(9, state != State.RECEIVED);
      statement.executeUpdate();
    }
  }

  /// Notes the end of an upload.
  public static void finish(Connection connection, String requestId, State state, String reason)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.upload set state = ?, reason = ?, completed = now() where request_id"
                + " = ?")) {
      statement.setString(1, state.column);
      statement.setString(2, reason);
      statement.setString(3, requestId);
      statement.executeUpdate();
    }
  }
}
