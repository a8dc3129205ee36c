package io.tawara.core.organization;

import io.tawara.core.organization.OrganizationTree.Account;
import io.tawara.core.organization.OrganizationTree.Unit;
import io.tawara.core.tenancy.DataVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Names of AWS accounts and the units that they are in, day by day (`aws_account_alias`,
/// `aws_organizational_unit`). All methods work in the caller's transaction behind the tenant's
/// walls.
public final class Organizations {
  private Organizations() {}

  private record Key(String unit, Long account) {}

  private record Standing(long id, String name, String path, LocalDate since) {}

  /// Brings the organisation of a source up to date: what is new begins on the day, what is gone
  /// ends on it, what changed its name or place does both. Nothing is written when nothing differs.
  ///
  /// @param day on which the tree was seen
  /// @param earliest since when the first tree of a source counts
  /// @return whether anything was written
  public static boolean store(
      Connection connection, UUID source, OrganizationTree tree, LocalDate day, LocalDate earliest)
      throws SQLException {
    Map<Key, Standing> standing = standing(connection, source);
    LocalDate since = standing.isEmpty() && !knownBefore(connection, source) ? earliest : day;
    boolean changed = false;
    for (Unit unit : tree.units()) {
      changed |= keep(connection, source, unit, null, standing, since, day);
      for (Account account : unit.accounts()) {
        long alias = alias(connection, account.id(), account.name());
        changed |= keep(connection, source, unit, alias, standing, since, day);
      }
    }
    for (Standing gone : standing.values()) {
      end(connection, gone, day);
      changed = true;
    }
    if (changed) {
      DataVersion.raise(connection);
    }
    return changed;
  }

  /// Leaves what stands in `standing` only if the tree does not have it.
  private static boolean keep(
      Connection connection,
      UUID source,
      Unit unit,
      Long account,
      Map<Key, Standing> standing,
      LocalDate since,
      LocalDate day)
      throws SQLException {
    Standing known = standing.remove(new Key(unit.id(), account));
    if (known != null && known.name().equals(unit.name()) && known.path().equals(unit.path())) {
      return false;
    }
    if (known != null) {
      end(connection, known, day);
    }
    try (var insert =
        connection.prepareStatement(
            """
            insert into aws_organizational_unit
              (source_uuid, org_unit_id, org_unit_name, org_unit_path, level, account_alias_id,
               created_timestamp)
            values (?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setObject(1, source);
      insert.setString(2, unit.id());
      insert.setString(3, unit.name());
      insert.setString(4, unit.path());
      insert.setInt(5, unit.level());
      insert.setObject(6, account);
      insert.setObject(7, since);
      insert.executeUpdate();
    }
    return true;
  }

  /// What began on the same day never was.
  private static void end(Connection connection, Standing row, LocalDate day) throws SQLException {
    boolean never = !row.since().isBefore(day);
    try (var statement =
        connection.prepareStatement(
            never
                ? "delete from aws_organizational_unit where id = ?"
                : "update aws_organizational_unit set deleted_timestamp = ? where id = ?")) {
      if (never) {
        statement.setLong(1, row.id());
      } else {
        statement.setObject(1, day);
        statement.setLong(2, row.id());
      }
      statement.executeUpdate();
    }
  }

  private static Map<Key, Standing> standing(Connection connection, UUID source)
      throws SQLException {
    var found = new HashMap<Key, Standing>();
    try (var select =
        connection.prepareStatement(
            """
            select id, org_unit_id, org_unit_name, org_unit_path, account_alias_id,
                   created_timestamp
            from aws_organizational_unit
            where source_uuid = ? and deleted_timestamp is null
            """)) {
      select.setObject(1, source);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(
              new Key(rows.getString(2), rows.getObject(5, Long.class)),
              new Standing(
                  rows.getLong(1),
                  rows.getString(3),
                  rows.getString(4),
                  rows.getObject(6, LocalDate.class)));
        }
      }
    }
    return found;
  }

  private static boolean knownBefore(Connection connection, UUID source) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select 1 from aws_organizational_unit where source_uuid = ? limit 1")) {
      select.setObject(1, source);
      try (var rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// The row of an account; a name that is given replaces the one that is there.
  ///
  /// @param name null: not known
  /// @return its number
  public static long alias(Connection connection, String account, String name) throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            insert into aws_account_alias (account_id, account_alias) values (?, ?)
            on conflict (account_id) do update
            set account_alias = coalesce(excluded.account_alias, aws_account_alias.account_alias)
            returning id
            """)) {
      upsert.setString(1, account);
      upsert.setString(2, name);
      try (var rows = upsert.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
