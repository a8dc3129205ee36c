package io.tawara.ingest.payload;

import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.RowWriter;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.provider.Provider;
import io.tawara.ingest.days.HourOfNode;
import io.tawara.ingest.days.Place;
import io.tawara.ingest.days.TagKeys;
import io.tawara.ingest.landing.Landing;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.landing.LineItemWriter;
import io.tawara.ingest.landing.Scope;
import io.tawara.ingest.landing.Slice;
import io.tawara.ingest.landing.SliceFiles;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.openshift.PayloadManifest;
import io.tawara.ingest.openshift.UsageReader.DayPlan;
import io.tawara.ingest.openshift.UsageReader.Rows;
import io.tawara.ingest.openshift.UsageReader.Target;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts the days of one delivery into the tenant's daily tables, within the transaction of the
/// payload, and decides which days replace what is there (`docs/design/ingestion.md`).
final class DailyTables implements Target {
  /// Counts the distinct hours of the file that is being read, when the delivery claims none.
  @FunctionalInterface
  interface HourCounter {
    Map<LocalDate, Integer> count();
  }

  private final Landings landings;
  private final Landing landing;
  private final Connection connection;
  private final Provider provider;
  private final PayloadManifest manifest;
  private final int manifestId;
  private final LocalDate earliest;
  private final LocalDate latest;
  private final Set<YearMonth> months = new HashSet<>();
  private SliceFiles raw;
  private HourCounter hourCounter = Map::of;
  private Map<LocalDate, Integer> countedHours;
  private String slicesOf = "";
  private Map<LocalDate, Deliveries.Slice> slices = Map.of();

  /// @param connection the payload's transaction
  /// @param earliest first day that is kept at all
  /// @param latest last day that can be meant seriously
  DailyTables(
      Landings landings,
      Landing landing,
      Connection connection,
      Provider provider,
      PayloadManifest manifest,
      int manifestId,
      LocalDate earliest,
      LocalDate latest) {
    this.landings = landings;
    this.landing = landing;
    this.connection = connection;
    this.provider = provider;
    this.manifest = manifest;
    this.manifestId = manifestId;
    this.earliest = earliest;
    this.latest = latest;
  }

  /// Begins a file.
  void file(HourCounter counter) {
    hourCounter = counter;
    countedHours = null;
    slicesOf = "";
  }

  @Override
  public DayPlan plan(LineItemTable table, LocalDate day) throws SQLException {
    if (day.isBefore(earliest)) {
      return DayPlan.leaveOut("older than what is kept");
    }
    if (day.isAfter(latest)) {
      return DayPlan.leaveOut("in the future");
    }
    int hours = hours(day);
    boolean write = decide(table, day, hours);
    if (!write) {
      return DayPlan.leaveOut("the day was delivered before with as many hours");
    }
    YearMonth month = YearMonth.from(day);
    if (months.add(month)) {
      landings.prepare(provider, List.of(month));
    }
    Slice slice = slice(day);
    return DayPlan.write(
        new Place(provider.id(), slice.year(), slice.month(), manifestId, hours, "", Ids.random()));
  }

  /// A day lies in its own month, even when the delivery is of another one: summaries of a month
  /// look nowhere else.
  private static Slice slice(LocalDate day) {
    return Slice.of(YearMonth.from(day), day.toString());
  }

  private int hours(LocalDate day) {
    if (manifest.undivided()) {
      return 0;
    }
    int claimed = manifest.hoursPerDay().getOrDefault(day, 0);
    if (claimed > 0) {
      return claimed;
    }
    if (countedHours == null) {
      countedHours = hourCounter.count();
    }
    return countedHours.getOrDefault(day, 0);
  }

  private boolean decide(LineItemTable table, LocalDate day, int hours) throws SQLException {
    String type = table.reportType();
    Database.leave(connection);
    if (!slicesOf.equals(type)) {
      slices = new HashMap<>(Deliveries.slices(connection, provider.id(), type, manifestId));
      slicesOf = type;
    }
    Deliveries.Slice slice = slices.get(day);
    if (slice != null && slice.own().isPresent()) {
      return slice.own().get().equals("written");
    }
    boolean stands =
        slice != null
            && slice.otherHours().isPresent()
            && !manifest.additive()
            && slice.otherHours().get() >= hours;
    Deliveries.decide(
        connection, provider.id(), type, day, manifestId, hours, stands ? "ignored" : "written");
    if (!stands && slice != null && slice.otherHours().isPresent() && !manifest.additive()) {
      Deliveries.replaceOthers(connection, provider.id(), type, day, manifestId);
      remove(table, day);
    }
    return !stands;
  }

  private void remove(LineItemTable table, LocalDate day) throws SQLException {
    landing.remove(table, new Scope.Day(day));
    if (landings.keepsRaw()) {
      landing.remove(OpenShiftTables.raw(table), new Scope.Day(day));
    }
    if (table.equals(OpenShiftTables.POD_USAGE)) {
      landing.remove(OpenShiftTables.NODE_CAPACITY_HOURLY, new Scope.Day(day));
    }
  }

  @Override
  public boolean keepsRaw() {
    return landings.keepsRaw();
  }

  @Override
  public RowWriter raw(LineItemTable table, LocalDate day, Place place)
      throws SQLException, IOException {
    if (raw == null) {
      raw = new SliceFiles(table, landing::open);
    }
    return raw.of(slice(day));
  }

  /// Ends the rows as they came of a file that was read well.
  void endFile() throws SQLException, IOException {
    if (raw != null) {
      raw.end();
      raw = null;
    }
  }

  /// Forgets those of a file that was not.
  void forgetFile() throws SQLException, IOException {
    if (raw != null) {
      raw.close();
      raw = null;
    }
  }

  @Override
  public void write(LineItemTable table, List<Rows> days) throws SQLException, IOException {
    for (Rows rows : days) {
      Place place = rows.place();
      try (LineItemWriter out =
          landing.open(table, Slice.of(place.year(), place.month(), rows.day()))) {
        rows.copy(out);
        out.end();
      }
    }
  }

  @Override
  public void capacities(List<HourOfNode> capacities) throws SQLException, IOException {
    landing.capacities(capacities, DailyTables::slice);
  }

  /// Registers tag keys of OpenShift; new ones start disabled.
  void tagKeys(Collection<String> keys) throws SQLException {
    Database.enter(connection, provider.tenant());
    TagKeys.disabled(connection, "OCP", keys);
  }
}
