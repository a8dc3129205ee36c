package io.tawara.core.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher.Sealed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The rows of sources. All methods work in the caller's transaction on public tables.
public final class SourceStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COLUMNS =
      """
      source_id, source_uuid, name, auth_header, account_id, org_id, source_type,
      key_id, authentication, billing_source, provider_id, paused, pending_delete,
      updated_timestamp
      """;

  /// Sources that are complete and stay, of whichever organisation.
  private static final String MADE =
      """
      from public.api_sources
      where source_type <> '' and source_uuid is not null and not pending_delete
      """;

  private final Credentials credentials;

  public SourceStore(Credentials credentials) {
    this.credentials = credentials;
  }

  /// What a list is narrowed by; empty parts do not narrow.
  ///
  /// @param nameContains each must be contained, in any case
  /// @param name the whole name in any case or, when no source is called so, a part of it
  /// @param typeContains each must be contained in the type, in any case
  /// @param types the type must be one of these
  public record Filter(
      String organisationId,
      List<String> nameContains,
      Optional<String> name,
      List<String> typeContains,
      Optional<List<ProviderType>> types,
      Optional<String> reference) {}

  /// A part of a list and the length of the whole.
  public record Slice(long count, List<Source> sources) {}

  /// The next number of a new source.
  public int nextId(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select nextval('public.api_sources_id')::int")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  public void insert(Connection connection, Source source) throws SQLException {
    Sealed sealed = credentials.seal(source.credentials());
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.api_sources
              (source_id, source_uuid, name, auth_header, "offset", account_id, org_id,
               source_type, authentication, key_id, source_ref, billing_source, koku_uuid,
               provider_id, paused, updated_timestamp)
            values (?, ?, ?, ?, nextval('public.api_sources_offset'), ?, ?, ?, ?, ?, ?, ?::jsonb,
                    ?, ?, ?, ?)
            """)) {
      insert.setInt(1, source.id());
      insert.setObject(2, source.uuid());
      insert.setString(3, source.name());
      insert.setString(4, source.authHeader().orElse(null));
      insert.setString(5, source.accountId().orElse(null));
      insert.setString(6, source.organisationId());
      insert.setString(7, source.type().wireName());
      insert.setBytes(8, sealed.content());
      insert.setString(9, sealed.keyId());
      insert.setString(10, source.reference().orElse(null));
      insert.setString(11, source.billingSource().toString());
      insert.setString(12, source.providerId().map(UUID::toString).orElse(null));
      insert.setObject(13, source.providerId().orElse(null));
      insert.setBoolean(14, source.paused());
      insert.setObject(15, OffsetDateTime.ofInstant(source.updated(), ZoneOffset.UTC));
      insert.executeUpdate();
    }
  }

  public void update(Connection connection, Source source) throws SQLException {
    Sealed sealed = credentials.seal(source.credentials());
    try (var update =
        connection.prepareStatement(
            """
            update public.api_sources
            set name = ?, source_type = ?, authentication = ?, key_id = ?, source_ref = ?,
                billing_source = ?::jsonb, koku_uuid = ?, provider_id = ?, paused = ?,
                updated_timestamp = ?
            where source_id = ?
            """)) {
      update.setString(1, source.name());
      update.setString(2, source.type().wireName());
      update.setBytes(3, sealed.content());
      update.setString(4, sealed.keyId());
      update.setString(5, source.reference().orElse(null));
      update.setString(6, source.billingSource().toString());
      update.setString(7, source.providerId().map(UUID::toString).orElse(null));
      update.setObject(8, source.providerId().orElse(null));
      update.setBoolean(9, source.paused());
      update.setObject(10, OffsetDateTime.ofInstant(source.updated(), ZoneOffset.UTC));
      update.setInt(11, source.id());
      update.executeUpdate();
    }
  }

  public void delete(Connection connection, int id) throws SQLException {
    try (var delete =
        connection.prepareStatement("delete from public.api_sources where source_id = ?")) {
      delete.setInt(1, id);
      delete.executeUpdate();
    }
  }

  /// The source with this number, of whichever organisation: for callers that are no users.
  public Optional<Source> find(Connection connection, int id) throws SQLException {
    return find(connection, "source_id", id);
  }

  /// The source with this id, of whichever organisation: for operators.
  public Optional<Source> find(Connection connection, UUID id) throws SQLException {
    return find(connection, "source_uuid", id);
  }

  private Optional<Source> find(Connection connection, String column, Object id)
      throws SQLException {
    try (var select =
        connection.prepareStatement("select " + COLUMNS + MADE + "and " + column + " = ?")) {
      select.setObject(1, id);
      return read(select).stream().findFirst();
    }
  }

  /// Sources of all organisations by number: for operators.
  public Slice all(Connection connection, int limit, int offset) throws SQLException {
    try (var count = connection.prepareStatement("select count(*) " + MADE);
        var select =
            connection.prepareStatement(
                "select " + COLUMNS + MADE + "order by source_id limit ? offset ?")) {
      select.setInt(1, limit);
      select.setInt(2, offset);
      try (var rows = count.executeQuery()) {
        rows.next();
        return new Slice(rows.getLong(1), read(select));
      }
    }
  }

  /// The source with this number in an organisation.
  ///
  /// @param lock whether the row stays locked until the transaction ends
  public Optional<Source> find(Connection connection, String organisationId, int id, boolean lock)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select "
                + COLUMNS
                + "from public.api_sources where org_id = ? and source_id = ? and source_type <> ''"
                + (lock ? " for update" : ""))) {
      select.setString(1, organisationId);
      select.setInt(2, id);
      return read(select).stream().findFirst();
    }
  }

  /// The source with this id in an organisation.
  ///
  /// @param lock whether the row stays locked until the transaction ends
  public Optional<Source> find(Connection connection, String organisationId, UUID id, boolean lock)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select "
                + COLUMNS
                + "from public.api_sources where org_id = ? and source_uuid = ? and source_type <>"
                + " ''"
                + (lock ? " for update" : ""))) {
      select.setString(1, organisationId);
      select.setObject(2, id);
      return read(select).stream().findFirst();
    }
  }

  /// A part of an organisation's sources, by name, of equal names the newer first.
  public Slice list(Connection connection, Filter filter, int limit, int offset)
      throws SQLException {
    String where =
        """
        from public.api_sources s
        where org_id = ? and source_type <> ''
          and name ilike all (?)
          and source_type ilike all (?)
          and (?::text[] is null or source_type = any (?))
          and (?::text is null or source_ref = ?)
          and (?::text is null or lower(name) = lower(?)
               or name ilike ? and not exists
                 (select 1 from public.api_sources e
                  where e.org_id = s.org_id and lower(e.name) = lower(?)))
        """;
    try (var count = connection.prepareStatement("select count(*) " + where);
        var select =
            connection.prepareStatement(
                "select "
                    + COLUMNS
                    + where
                    + "order by name collate \"C\", source_id desc limit ? offset ?")) {
      int next = bind(connection, count, filter);
      bind(connection, select, filter);
      select.setInt(next, limit);
      select.setInt(next + 1, offset);
      long all;
      try (var rows = count.executeQuery()) {
        rows.next();
        all = rows.getLong(1);
      }
      return new Slice(all, read(select));
    }
  }

  private static int bind(Connection connection, PreparedStatement statement, Filter filter)
      throws SQLException {
    String[] types =
        filter
            .types()
            .map(all -> all.stream().map(ProviderType::wireName).toArray(String[]::new))
            .orElse(null);
    String name = filter.name().orElse(null);
    statement.setString(1, filter.organisationId());
    statement.setArray(2, connection.createArrayOf("text", contained(filter.nameContains())));
    statement.setArray(3, connection.createArrayOf("text", contained(filter.typeContains())));
    statement.setArray(4, types == null ? null : connection.createArrayOf("text", types));
    statement.setArray(5, types == null ? null : connection.createArrayOf("text", types));
    statement.setString(6, filter.reference().orElse(null));
    statement.setString(7, filter.reference().orElse(null));
    statement.setString(8, name);
    statement.setString(9, name);
    statement.setString(10, name == null ? null : contained(name));
    statement.setString(11, name);
    return 12;
  }

  private static String[] contained(List<String> parts) {
    return parts.stream().map(SourceStore::contained).toArray(String[]::new);
  }

  private static String contained(String part) {
    return "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
  }

  private List<Source> read(PreparedStatement statement) throws SQLException {
    var found = new ArrayList<Source>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Instant updated = rows.getObject(14, OffsetDateTime.class).toInstant();
        found.add(
            new Source(
                rows.getInt(1),
                rows.getObject(2, UUID.class),
                rows.getString(3),
                Optional.ofNullable(rows.getString(4)),
                Optional.ofNullable(rows.getString(5)),
                rows.getString(6),
                ProviderType.ofName(rows.getString(7)).orElseThrow(),
                credentials.open(rows.getString(8), rows.getBytes(9)),
                json(rows.getString(10)),
                Optional.ofNullable(rows.getObject(11, UUID.class)),
                rows.getBoolean(12),
                rows.getBoolean(13),
                updated));
      }
    }
    return found;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "stored JSON is not JSON", broken);
    }
  }
}
