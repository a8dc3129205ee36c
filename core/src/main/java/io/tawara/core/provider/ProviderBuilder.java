package io.tawara.core.provider;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/// Makes, changes and begins to delete providers. Everything happens in the caller's transaction;
/// the tenant must exist.
public final class ProviderBuilder {
  /// The kind of the work that removes everything a provider has left behind. Body: `provider`,
  /// `schema`, `type`.
  public static final String DELETE_WORK = "delete-provider";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DUPLICATE =
      "Cost management does not allow duplicate accounts. An integration already exists with these"
          + " details. Edit integration settings to configure a new integration.";

  /// Who owns a provider.
  ///
  /// @param accountNumber may be empty
  /// @param createdBy the user's name
  public record Owner(
      String organisationId,
      TenantSchema tenant,
      Optional<String> accountNumber,
      String createdBy) {}

  private final Credentials credentials;
  private final WorkQueue work;
  private final Clock clock;

  public ProviderBuilder(Credentials credentials, WorkQueue work, Clock clock) {
    this.credentials = credentials;
    this.work = work;
    this.clock = clock;
  }

  /// Makes a provider.
  ///
  /// @throws InvalidInputException when the organisation has one with the same credentials and data
  ///   source
  public void create(Connection connection, UUID id, ProviderDraft draft, Owner owner)
      throws SQLException {
    long customer = customer(connection, owner);
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.api_provider
              (uuid, name, type, authentication_id, billing_source_id, customer_id, created_by,
               created_timestamp, paused, cluster_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (authentication_id, billing_source_id, customer_id) do nothing
            """)) {
      insert.setObject(1, id);
      insert.setString(2, draft.name());
      insert.setString(3, draft.type().wireName());
      insert.setLong(4, credentials.row(connection, draft.credentials()));
      insert.setLong(5, billing(connection, draft));
      insert.setLong(6, customer);
      insert.setString(7, owner.createdBy());
      insert.setObject(8, now());
      insert.setBoolean(9, draft.paused());
      insert.setString(10, draft.clusterId().isEmpty() ? null : draft.clusterId());
      if (insert.executeUpdate() == 0) {
        throw new InvalidInputException("source.duplicate", DUPLICATE);
      }
    }
    tenantCopy(
        connection,
        owner.tenant(),
        """
        insert into reporting_tenant_api_provider (name, type, uuid, provider_id)
        values (?, ?, ?, ?)
        """,
        draft,
        id);
    firstPoll(connection, id, draft);
  }

  /// A cloud is asked at once.
  private void firstPoll(Connection connection, UUID id, ProviderDraft draft) throws SQLException {
    if (draft.type() != ProviderType.OCP) {
      work.add(connection, PollRequest.of(id, PollRequest.Reason.SAVED).item(null));
    }
  }

  /// Changes a provider; it becomes active.
  ///
  /// @throws InvalidInputException when another provider of the organisation is the same
  public void update(Connection connection, UUID id, ProviderDraft draft, Owner owner)
      throws SQLException {
    long customer = customer(connection, owner);
    long authentication = credentials.row(connection, draft.credentials());
    long billing = billing(connection, draft);
    try (var same =
        connection.prepareStatement(
            """
            select 1 from public.api_provider
            where authentication_id = ? and billing_source_id = ? and customer_id = ?
              and uuid <> ?
            """)) {
      same.setLong(1, authentication);
      same.setLong(2, billing);
      same.setLong(3, customer);
      same.setObject(4, id);
      try (var rows = same.executeQuery()) {
        if (rows.next()) {
          throw new InvalidInputException("source.duplicate", DUPLICATE);
        }
      }
    }
    boolean placeChanged = placeChanged(connection, id, authentication, billing);
    try (var update =
        connection.prepareStatement(
            """
            update public.api_provider
            set name = ?, type = ?, authentication_id = ?, billing_source_id = ?, paused = ?,
                active = true, cluster_id = ?
            where uuid = ? and customer_id = ? and not deleting
            """)) {
      update.setString(1, draft.name());
      update.setString(2, draft.type().wireName());
      update.setLong(3, authentication);
      update.setLong(4, billing);
      update.setBoolean(5, draft.paused());
      update.setString(6, draft.clusterId().isEmpty() ? null : draft.clusterId());
      update.setObject(7, id);
      update.setLong(8, customer);
      update.executeUpdate();
    }
    removeUnused(connection);
    tenantCopy(
        connection,
        owner.tenant(),
        "update reporting_tenant_api_provider set name = ?, type = ? where uuid = ? and provider_id"
            + " = ?",
        draft,
        id);
    if (placeChanged) {
      firstPoll(connection, id, draft);
    }
  }

  private static boolean placeChanged(
      Connection connection, UUID id, long authentication, long billing) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select 1 from public.api_provider
            where uuid = ? and (authentication_id is distinct from ?
              or billing_source_id is distinct from ?)
            """)) {
      select.setObject(1, id);
      select.setLong(2, authentication);
      select.setLong(3, billing);
      try (var rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// Begins to delete a provider: from now on nobody finds it, and its credentials are gone; the
  /// rest is durable work. A provider that does not exist, or belongs to somebody else, stays.
  ///
  /// @return whether there was something to delete
  public boolean delete(Connection connection, UUID id, TenantSchema tenant, String requestId)
      throws SQLException {
    String type;
    try (var update =
        connection.prepareStatement(
            """
            update public.api_provider p
            set deleting = true, active = false, authentication_id = null,
                billing_source_id = null
            from public.api_customer c
            where p.uuid = ? and c.id = p.customer_id and c.schema_name = ? and not p.deleting
            returning p.type
            """)) {
      update.setObject(1, id);
      update.setString(2, tenant.name());
      try (var rows = update.executeQuery()) {
        if (!rows.next()) {
          return false;
        }
        type = rows.getString(1);
      }
    }
    removeUnused(connection);
    var body = JSON.createObjectNode();
    body.put("provider", id.toString()).put("schema", tenant.name()).put("type", type);
    work.add(connection, new WorkItem(DELETE_WORK, WorkItem.providerKey(id), body, requestId));
    return true;
  }

  /// The row of the customer, made on first need; a missing account number is filled in.
  private long customer(Connection connection, Owner owner) throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            insert into public.api_customer
              (date_created, date_updated, account_id, org_id, schema_name)
            select now.t, now.t, account.id, ?, ?
            from (select ?::timestamptz as t) now
            left join (select ?::text as id) account
              on not exists (select 1 from public.api_customer where account_id = account.id)
            on conflict (org_id) do update
            set date_updated = excluded.date_updated,
                account_id = coalesce(api_customer.account_id, excluded.account_id)
            returning id
            """)) {
      upsert.setString(1, owner.organisationId());
      upsert.setString(2, owner.tenant().name());
      upsert.setObject(3, now());
      upsert.setString(4, owner.accountNumber().orElse(null));
      try (var rows = upsert.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static long billing(Connection connection, ProviderDraft draft) throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            insert into public.api_providerbillingsource (data_source) values (?::jsonb)
            on conflict (data_source) do update set data_source = excluded.data_source
            returning id
            """)) {
      upsert.setString(1, draft.storedDataSource().toString());
      try (var rows = upsert.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /// Credentials and data sources that no provider uses any more.
  private static void removeUnused(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          delete from public.api_providerauthentication a
          where not exists (select 1 from public.api_provider p where p.authentication_id = a.id)
          """);
    }
  }

  private static void tenantCopy(
      Connection connection, TenantSchema tenant, String sql, ProviderDraft draft, UUID id)
      throws SQLException {
    Database.enter(connection, tenant);
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, draft.name());
      statement.setString(2, draft.type().wireName());
      statement.setObject(3, id);
      statement.setObject(4, id);
      statement.executeUpdate();
    }
    DataVersion.raise(connection);
    Database.leave(connection);
  }

  private OffsetDateTime now() {
    return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
