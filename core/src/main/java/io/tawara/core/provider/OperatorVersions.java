package io.tawara.core.provider;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Versions of the operator that collects on a cluster, as manifests report them, for example
/// `costmanagement-metrics-operator:4.4.1` or `koku-metrics-operator:v4.0.0`.
public final class OperatorVersions {
  /// The newest release that is known here; goes up with every release of the operator.
  public static final Version NEWEST = new Version(4, 4, 2);

  private static final Pattern NUMBERS = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})");

  /// A release.
  public record Version(int major, int minor, int patch) implements Comparable<Version> {
    @Override
    public int compareTo(Version other) {
      int byMajor = Integer.compare(major, other.major);
      int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
      return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
    }
  }

  private OperatorVersions() {}

  /// The release in a reported version; empty for what is none, such as a commit.
  public static Optional<Version> parse(String reported) {
    Matcher matcher = NUMBERS.matcher(reported.substring(reported.lastIndexOf(':') + 1));
    return matcher.matches()
        ? Optional.of(
            new Version(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /// Whether there is a newer release than the reported version.
  public static boolean isOutdated(String reported) {
    return parse(reported).filter(version -> version.compareTo(NEWEST) < 0).isPresent();
  }

  /// The versions that clusters reported last, in this month or the one before. Works on public
  /// tables.
  public static Map<UUID, String> load(
      Connection connection, Collection<UUID> providers, YearMonth current) throws SQLException {
    var found = new HashMap<UUID, String>();
    try (var statement =
        connection.prepareStatement(
            """
            select distinct on (provider_uuid) provider_uuid, operator_version
            from public.manifest
            where provider_uuid = any (?) and billing_period_start_datetime >= ?
              and operator_version <> ''
            order by provider_uuid, billing_period_start_datetime desc, creation_datetime desc, id desc
            """)) {
      statement.setArray(1, connection.createArrayOf("uuid", providers.toArray()));
      statement.setObject(
          2, current.minusMonths(1).atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getObject(1, UUID.class), rows.getString(2));
        }
      }
    }
    return found;
  }
}
