package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher.Sealed;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Rows of sources that Platform Sources owns: they grow piece by piece while events arrive.
final class PlatformRows {
  private static final com.fasterxml.jackson.databind.ObjectMapper JSON =
      new com.fasterxml.jackson.databind.ObjectMapper();
  private static final List<String> AZURE =
      List.of("client_id", "tenant_id", "client_secret", "subscription_id");

  private final Credentials credentials;
  private final Clock clock;

  PlatformRows(Credentials credentials, Clock clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /// A row as far as it is known.
  ///
  /// @param type empty as long as the details are not known
  /// @param credentials empty object as long as they are not known
  /// @param tombstone the source was destroyed before it was created
  /// @param status last one that was pushed, empty object when there was none
  record Row(
      int id,
      Optional<UUID> uuid,
      Optional<String> name,
      String authHeader,
      Optional<String> accountId,
      String organisationId,
      Optional<ProviderType> type,
      ObjectNode credentials,
      JsonNode billingSource,
      Optional<UUID> provider,
      boolean paused,
      boolean pendingDelete,
      boolean pendingUpdate,
      boolean tombstone,
      JsonNode status) {

    /// Whether everything is there that a provider needs.
    boolean complete() {
      if (name.isEmpty() || uuid.isEmpty() || type.isEmpty() || authHeader.isEmpty()) {
        return false;
      }
      JsonNode dataSource = billingSource.path("data_source");
      return switch (type.get().base()) {
        case OCP -> !credentials.isEmpty();
        case AWS -> !credentials.isEmpty() && !billingSource.isEmpty();
        case AZURE ->
            credentials.size() == AZURE.size()
                && AZURE.stream().allMatch(credentials::has)
                && dataSource.has("resource_group")
                && dataSource.has("storage_account");
        case GCP -> !credentials.isEmpty() && !dataSource.isEmpty();
        case AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> throw new AssertionError(type);
      };
    }

    /// Whether a provider is to be made: complete, and not already refused.
    boolean ready() {
      return complete() && provider.isEmpty() && !pendingDelete && status.isEmpty();
    }

    ProviderDraft draft() {
      return new ProviderDraft(
          name.orElseThrow(),
          type.orElseThrow(),
          credentials,
          billingSource.get("data_source"),
          paused);
    }

    Row withDetails(
        String newName, Optional<UUID> newUuid, Optional<ProviderType> newType, String header) {
      return new Row(
          id,
          newUuid.or(() -> uuid),
          Optional.of(newName),
          header,
          accountId,
          organisationId,
          newType.or(() -> type),
          credentials,
          billingSource,
          provider,
          paused,
          pendingDelete,
          pendingUpdate,
          tombstone,
          status);
    }

    Row withCredentials(ObjectNode wanted) {
      return new Row(
          id,
          uuid,
          name,
          authHeader,
          accountId,
          organisationId,
          type,
          wanted,
          billingSource,
          provider,
          paused,
          pendingDelete,
          pendingUpdate,
          tombstone,
          status);
    }

    Row withBilling(JsonNode wanted) {
      return new Row(
          id,
          uuid,
          name,
          authHeader,
          accountId,
          organisationId,
          type,
          credentials,
          wanted,
          provider,
          paused,
          pendingDelete,
          pendingUpdate,
          tombstone,
          status);
    }

    Row withPaused(boolean wanted) {
      return new Row(
          id,
          uuid,
          name,
          authHeader,
          accountId,
          organisationId,
          type,
          credentials,
          billingSource,
          provider,
          wanted,
          pendingDelete,
          true,
          tombstone,
          status);
    }

    /// Something changed: an existing provider is to be changed too, a refused one tried again.
    Row changed() {
      return pendingDelete || pendingUpdate
          ? this
          : new Row(
              id,
              uuid,
              name,
              authHeader,
              accountId,
              organisationId,
              type,
              credentials,
              billingSource,
              provider,
              paused,
              pendingDelete,
              provider.isPresent(),
              tombstone,
              provider.isPresent() ? status : JSON.createObjectNode());
    }

    Row withProvider(UUID made) {
      return new Row(
          id,
          uuid,
          name,
          authHeader,
          accountId,
          organisationId,
          type,
          credentials,
          billingSource,
          Optional.of(made),
          paused,
          pendingDelete,
          false,
          tombstone,
          status);
    }

    Row withStatus(JsonNode pushed) {
      return new Row(
          id,
          uuid,
          name,
          authHeader,
          accountId,
          organisationId,
          type,
          credentials,
          billingSource,
          provider,
          paused,
          pendingDelete,
          false,
          tombstone,
          pushed);
    }

    @Override
    public String toString() {
      return "source " + id;
    }
  }

  /// A row of which only the event is known.
  static Row fresh(SourceEvent event) {
    return new Row(
        event.sourceId(),
        Optional.empty(),
        Optional.empty(),
        event.identityHeader(),
        event.accountNumber(),
        event.organisationId(),
        Optional.empty(),
        JSON.createObjectNode(),
        JSON.createObjectNode(),
        Optional.empty(),
        false,
        false,
        false,
        false,
        JSON.createObjectNode());
  }

  Optional<Row> find(Connection connection, int id) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select source_uuid, name, auth_header, account_id, org_id, source_type, key_id,
                   authentication, billing_source, provider_id, paused, pending_delete,
                   pending_update, out_of_order_delete, status
            from public.api_sources where source_id = ? for update
            """)) {
      select.setInt(1, id);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Row(
                id,
                Optional.ofNullable(rows.getObject(1, UUID.class)),
                Optional.ofNullable(rows.getString(2)),
                Optional.ofNullable(rows.getString(3)).orElse(""),
                Optional.ofNullable(rows.getString(4)),
                Optional.ofNullable(rows.getString(5)).orElse(""),
                ProviderType.ofName(rows.getString(6)),
                credentials.open(rows.getString(7), rows.getBytes(8)),
                json(rows.getString(9)),
                Optional.ofNullable(rows.getObject(10, UUID.class)),
                rows.getBoolean(11),
                rows.getBoolean(12),
                rows.getBoolean(13),
                rows.getBoolean(14),
                json(rows.getString(15))));
      }
    }
  }

  void save(Connection connection, Row row, long offset) throws SQLException {
    Sealed sealed = credentials.seal(row.credentials());
    try (var upsert =
        connection.prepareStatement(
            """
            insert into public.api_sources
              (source_uuid, name, auth_header, account_id, org_id, source_type, authentication,
               key_id, source_ref, billing_source, koku_uuid, provider_id, paused,
               pending_delete, pending_update, out_of_order_delete, status, updated_timestamp,
               "offset", source_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
            on conflict (source_id) do update set
              source_uuid = excluded.source_uuid, name = excluded.name,
              auth_header = excluded.auth_header, source_type = excluded.source_type,
              authentication = excluded.authentication, key_id = excluded.key_id,
              source_ref = excluded.source_ref, billing_source = excluded.billing_source,
              koku_uuid = excluded.koku_uuid, provider_id = excluded.provider_id,
              paused = excluded.paused, pending_delete = excluded.pending_delete,
              pending_update = excluded.pending_update,
              out_of_order_delete = excluded.out_of_order_delete, status = excluded.status,
              updated_timestamp = excluded.updated_timestamp
            """)) {
      upsert.setObject(1, row.uuid().orElse(null));
      upsert.setString(2, row.name().orElse(null));
      upsert.setString(3, row.authHeader());
      upsert.setString(4, row.accountId().orElse(null));
      upsert.setString(5, row.organisationId());
      upsert.setString(6, row.type().map(ProviderType::wireName).orElse(""));
      upsert.setBytes(7, row.credentials().isEmpty() ? null : sealed.content());
      upsert.setString(8, row.credentials().isEmpty() ? null : sealed.keyId());
      upsert.setString(
          9,
          row.type().filter(type -> type == ProviderType.OCP).isPresent()
                  && row.credentials().has("cluster_id")
              ? row.credentials().get("cluster_id").asText()
              : null);
      upsert.setString(10, row.billingSource().toString());
      upsert.setString(11, row.provider().map(UUID::toString).orElse(null));
      upsert.setObject(12, row.provider().orElse(null));
      upsert.setBoolean(13, row.paused());
      upsert.setBoolean(14, row.pendingDelete());
      upsert.setBoolean(15, row.pendingUpdate());
      upsert.setBoolean(16, row.tombstone());
      upsert.setString(17, row.status().toString());
      upsert.setObject(18, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
      upsert.setLong(19, offset);
      upsert.setInt(20, row.id());
      upsert.executeUpdate();
    }
  }

  /// Notes that a source was destroyed before it was created.
  void bury(Connection connection, SourceEvent event) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.api_sources
              (source_id, "offset", org_id, out_of_order_delete, updated_timestamp)
            values (?, ?, ?, true, ?) on conflict (source_id) do nothing
            """)) {
      insert.setInt(1, event.sourceId());
      insert.setLong(2, event.offset());
      insert.setString(3, event.organisationId());
      insert.setObject(4, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
      insert.executeUpdate();
    }
  }

  void delete(Connection connection, int id) throws SQLException {
    try (var delete =
        connection.prepareStatement("delete from public.api_sources where source_id = ?")) {
      delete.setInt(1, id);
      delete.executeUpdate();
    }
  }

  private static JsonNode json(String text) {
    try {
      JsonNode node = text == null ? JSON.createObjectNode() : JSON.readTree(text);
      return node.isObject() ? node : JSON.createObjectNode();
    } catch (IOException broken) {
      throw new IllegalStateException("stored JSON is not JSON", broken);
    }
  }
}
