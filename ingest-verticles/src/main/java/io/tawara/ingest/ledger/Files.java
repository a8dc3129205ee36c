package io.tawara.ingest.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// The ledger (`public.file`): one row per file that was announced or came in. All methods work in
/// the caller's transaction on public tables.
public final class Files {
  private static final int LONGEST_ERROR = 2_000;

  private Files() {}

  /// What a file is.
  public enum Kind {
    COST("cost"),
    RESOURCE_OPTIMIZATION("resource_optimization"),
    /// A payload as a whole.
    PAYLOAD("payload"),
    /// Something in a payload that nobody announced or that must not be taken.
    ENTRY("entry");

    private final String column;

    Kind(String column) {
      this.column = column;
    }
  }

  /// What became of a file.
  public enum State {
    EXPECTED("expected"),
    /// In the object store, not read yet.
    DOWNLOADED("downloaded"),
    DONE("done"),
    /// Read, and nothing in it is of use.
    SKIPPED("skipped"),
    FORWARDED("forwarded"),
    /// Could not be read; kept aside.
    QUARANTINED("quarantined");

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
      throw new IllegalArgumentException("no file state: " + column);
    }
  }

  /// Where a file came in.
  ///
  /// @param manifest null: no delivery is known
  public record Arrival(
      Integer manifest, UUID provider, String organisationId, String requestId, String origin) {}

  /// The outcome of a file.
  public record Outcome(
      State state,
      String reportType,
      String etag,
      long bytes,
      long rowsRead,
      long rowsWritten,
      long rowsSkipped,
      Map<String, Long> notes,
      String error,
      String quarantineKey) {
    public static Outcome failed(State state, String error, String quarantineKey) {
      return new Outcome(state, null, null, 0, 0, 0, 0, Map.of(), error, quarantineKey);
    }
  }

  /// A file of the ledger.
  public record Entry(String name, State state) {}

  /// Makes the rows of announced files where they are missing.
  public static void expect(Connection connection, Arrival arrival, Kind kind, List<String> names)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.file
              (manifest_id, provider_uuid, org_id, request_id, name, kind, origin)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (manifest_id, name) do nothing
            """)) {
      for (String name : names) {
        place(statement, arrival, kind, name);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void place(
      java.sql.PreparedStatement statement, Arrival arrival, Kind kind, String name)
      throws SQLException {
    statement.setObject(1, arrival.manifest());
    statement.setObject(2, arrival.provider());
    statement.setString(3, arrival.organisationId());
    statement.setString(4, arrival.requestId());
    statement.setString(5, storable(name));
    statement.setString(6, kind.column);
    statement.setString(7, arrival.origin());
  }

  /// The files of a delivery and their states.
  public static Map<String, State> states(Connection connection, int manifest, Kind kind)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select name, state from public.file where manifest_id = ? and kind = ?")) {
      statement.setInt(1, manifest);
      statement.setString(2, kind.column);
      var states = new TreeMap<String, State>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          states.put(rows.getString(1), State.of(rows.getString(2)));
        }
      }
      return states;
    }
  }

  /// Notes the outcome of a file; a file that nobody announced gets its row here.
  public static void finish(
      Connection connection, Arrival arrival, Kind kind, String name, Outcome outcome)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.file
              (manifest_id, provider_uuid, org_id, request_id, name, kind, origin,
               state, report_type, etag, bytes, rows_read, rows_written, rows_skipped, notes,
               error, quarantine_key, tries, started, completed)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, 1, now(),
              clock_timestamp())
            on conflict (manifest_id, name) do update set
              request_id = excluded.request_id, origin = excluded.origin, state = excluded.state,
              report_type = excluded.report_type, etag = excluded.etag, bytes = excluded.bytes,
              rows_read = excluded.rows_read, rows_written = excluded.rows_written,
              rows_skipped = excluded.rows_skipped, notes = excluded.notes,
              error = excluded.error, quarantine_key = excluded.quarantine_key,
              tries = file.tries + 1, started = excluded.started, completed = excluded.completed
            """)) {
      place(statement, arrival, kind, name);
      statement.setString(8, outcome.state().column);
      statement.setString(9, outcome.reportType());
      statement.setString(10, outcome.etag());
      statement.setLong(11, outcome.bytes());
      statement.setLong(12, outcome.rowsRead());
      statement.setLong(13, outcome.rowsWritten());
      statement.setLong(14, outcome.rowsSkipped());
      statement.setString(15, Deliveries.json(outcome.notes()));
      statement.setString(
          16, Optional.ofNullable(outcome.error()).map(Files::storable).orElse(null));
      statement.setString(17, outcome.quarantineKey());
      statement.executeUpdate();
    }
  }

  /// Gives files of a delivery up that did not come.
  ///
  /// @return their names
  public static List<String> missing(Connection connection, int manifest, String error)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.file set state = 'quarantined', error = ?, completed = clock_timestamp()
            where manifest_id = ? and kind = 'cost' and state = 'expected' returning name
            """)) {
      statement.setString(1, error);
      statement.setInt(2, manifest);
      var names = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      return names;
    }
  }

  /// Names of files of a request that were forwarded.
  public static List<String> forwarded(Connection connection, String requestId)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select name from public.file where request_id = ? and state = 'forwarded' order by"
                + " id")) {
      statement.setString(1, requestId);
      var names = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
      return names;
    }
  }

  static String storable(String text) {
    String clean = text.replace("\0", "");
    return clean.length() <= LONGEST_ERROR ? clean : clean.substring(0, LONGEST_ERROR);
  }
}
