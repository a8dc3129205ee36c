package io.tawara.ingest.openshift;

import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.LogicalType;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.RowWriter;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.ingest.csv.CsvScanner;
import io.tawara.ingest.csv.Decimals;
import io.tawara.ingest.csv.JsonText;
import io.tawara.ingest.csv.NotAvailable;
import io.tawara.ingest.csv.ValueDictionary;
import io.tawara.ingest.days.DayRows;
import io.tawara.ingest.days.HourOfNode;
import io.tawara.ingest.days.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads one operator CSV in one pass: recognises its type, cleans and derives values, adds hours
/// up to days and hands the days on. Memory is bounded: when more groups are open than permitted,
/// days are handed on early, days that are no longer being read first. A day that comes back later
/// gives further rows; everything downstream adds rows up again.
public final class UsageReader {
  private static final int BUFFER = 1 << 18;
  private static final int LONGEST_RECORD = 1 << 20;
  private static final int MOST_FIELDS = 1_000;
  private static final long MOST_TEXT_BYTES = 96L << 20;
  private static final int MOST_CAPACITIES = 100_000;
  private static final double ANOMALY = 1e18;
  private static final double LARGEST = 1e30;
  private static final int LONGEST_KEY = 512;

  /// What is to be done with a day of a report.
  ///
  /// @param write false: an earlier delivery stands, the rows are left out
  public record DayPlan(boolean write, Place place, String reason) {
    /// The rows of the day are written to this place.
    public static DayPlan write(Place place) {
      return new DayPlan(true, place, "");
    }

    /// The rows of the day are left out, for this reason.
    public static DayPlan leaveOut(String reason) {
      return new DayPlan(false, null, reason);
    }
  }

  /// Where days go.
  public interface Target {
    /// Asked once per day, before its first row.
    DayPlan plan(LineItemTable table, LocalDate day) throws SQLException;

    /// Whether rows are kept as they came, too.
    boolean keepsRaw();

    /// Where rows of a day are written as they came; the columns are those of
    /// [OpenShiftTables#raw].
    RowWriter raw(LineItemTable table, LocalDate day, Place place) throws SQLException, IOException;

    /// Takes finished rows of one or more days; they are not valid after the call.
    void write(LineItemTable table, List<Rows> days) throws SQLException, IOException;

    /// Takes the greatest capacities seen of nodes; they may come again with other values.
    void capacities(List<HourOfNode> capacities) throws SQLException, IOException;
  }

  /// Rows of one day that can write themselves.
  public interface Rows {
    LocalDate day();

    Place place();

    void copy(RowWriter out) throws SQLException, IOException;
  }

  /// What was read.
  ///
  /// @param table empty: the header belongs to no known report
  /// @param skipped reason and number of rows that were left out
  /// @param notes what was changed and how often
  /// @param tagKeys keys of all labels that become tags
  public record Outcome(
      Optional<LineItemTable> table,
      long bytes,
      long rowsRead,
      long rowsWritten,
      Map<String, Long> skipped,
      Map<String, Long> notes,
      Set<String> tagKeys) {
    public Outcome {
      skipped = Map.copyOf(skipped);
      notes = Map.copyOf(notes);
      tagKeys = Set.copyOf(tagKeys);
    }

    public long rowsSkipped() {
      return skipped.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private final Target target;
  private final int mostGroups;

  /// @param mostGroups how many groups may be open at once
  public UsageReader(Target target, int mostGroups) {
    this.target = target;
    this.mostGroups = mostGroups;
  }

  /// Reads a file to its end. The stream is not closed.
  public Outcome read(InputStream in) throws IOException, SQLException {
    var scanner = new CsvScanner(in, BUFFER, LONGEST_RECORD);
    if (!scanner.next()) {
      return nothing(scanner, Map.of("empty file", 1L));
    }
    Optional<Layout> layout = Layout.of(header(scanner));
    if (layout.isEmpty()) {
      return nothing(scanner, Map.of("columns of no known report", 1L));
    }
    return new Reading(layout.get(), scanner).run();
  }

  private static Outcome nothing(CsvScanner scanner, Map<String, Long> notes) {
    return new Outcome(Optional.empty(), scanner.bytes(), 0, 0, Map.of(), notes, Set.of());
  }

  /// Counts the distinct values of `interval_start` per day of a file: the hours that it covers
  /// when the delivery does not say.
  public static Map<LocalDate, Integer> intervalsPerDay(InputStream in) throws IOException {
    var scanner = new CsvScanner(in, BUFFER, LONGEST_RECORD);
    var seen = new HashMap<LocalDate, Set<String>>();
    if (!scanner.next()) {
      return Map.of();
    }
    int field = header(scanner).indexOf("interval_start");
    while (field >= 0 && scanner.next()) {
      if (field < scanner.fields()) {
        String text =
            new String(
                scanner.data(),
                scanner.start(field),
                Math.min(64, scanner.end(field) - scanner.start(field)),
                StandardCharsets.ISO_8859_1);
        day(text).ifPresent(day -> seen.computeIfAbsent(day, d -> new TreeSet<>()).add(text));
      }
    }
    var counts = new HashMap<LocalDate, Integer>();
    seen.forEach((day, texts) -> counts.put(day, texts.size()));
    return counts;
  }

  private static List<String> header(CsvScanner scanner) {
    if (scanner.fields() > MOST_FIELDS) {
      throw new TawaraException(Category.LIMIT, "more than " + MOST_FIELDS + " columns");
    }
    var names = new ArrayList<String>();
    for (int field = 0; field < scanner.fields(); field++) {
      try {
        names.add(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(
                    ByteBuffer.wrap(
                        scanner.data(),
                        scanner.start(field),
                        scanner.end(field) - scanner.start(field)))
                .toString());
      } catch (CharacterCodingException broken) {
        throw new TawaraException(Category.INPUT, "the header is not UTF-8", broken);
      }
    }
    return names;
  }

  private static Optional<LocalDate> day(String interval) {
    try {
      return interval.length() < 10
          ? Optional.empty()
          : Optional.of(LocalDate.parse(interval.substring(0, 10)));
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }

  /// A day that is being read; `rows` is null when the day is left out.
  private static final class OpenDay {
    final DayPlan plan;
    DayRows rows;

    OpenDay(DayPlan plan, DayRows rows) {
      this.plan = plan;
      this.rows = rows;
    }
  }

  /// One file.
  private final class Reading {
    private final Layout layout;
    private final CsvScanner scanner;
    private final boolean pods;
    private final boolean machines;
    private final boolean gpus;
    private final boolean nodes;
    private final int sent;
    private final double[] numbers;
    private final int[] key;
    private final int[] text;

    private final Map<LocalDate, OpenDay> days = new HashMap<>();
    private final TreeMap<String, Long> skipped = new TreeMap<>();
    private final TreeMap<String, Long> notes = new TreeMap<>();
    private final Set<String> tagKeys = new TreeSet<>();
    private final NodeCapacity capacity = new NodeCapacity();
    private long written;
    private long badNumbers;
    private long tooManyFields;
    private long anomalies;
    private long badTimes;

    // made anew whenever texts take too much memory
    private ValueDictionary intervals;
    private Instant[] intervalInstants;
    private OpenDay[] intervalDays;
    private ValueDictionary periods;
    private long[] periodSeconds;
    private ValueDictionary[] groupTexts;
    private ValueDictionary[] maximumTexts;
    private Map<Long, Mig> migs;

    private OpenDay current;
    private final Optional<RawRow> raw;

    // numbers that values are derived from
    private int cpuUsage;
    private int cpuRequest;
    private int memoryUsage;
    private int memoryRequest;
    private int cpuCapacity;
    private int memoryCapacity;
    private int nodeGroup;
    private int migInstance;
    private int migProfile;
    private int migStrategy;
    private int gpuModel;

    Reading(Layout layout, CsvScanner scanner) {
      this.layout = layout;
      this.scanner = scanner;
      pods = layout.table.equals(OpenShiftTables.POD_USAGE);
      machines = layout.table.equals(OpenShiftTables.VM_USAGE);
      gpus = layout.table.equals(OpenShiftTables.GPU_USAGE);
      nodes = layout.table.equals(OpenShiftTables.NODE_LABELS);
      sent = layout.numberFields.length;
      numbers = new double[layout.numbers.size()];
      key = new int[layout.shape.groups().size()];
      text = new int[layout.shape.texts().size()];
      if (pods) {
        cpuUsage = layout.number("pod_usage_cpu_core_seconds");
        cpuRequest = layout.number("pod_request_cpu_core_seconds");
        memoryUsage = layout.number("pod_usage_memory_byte_seconds");
        memoryRequest = layout.number("pod_request_memory_byte_seconds");
        cpuCapacity = layout.number("node_capacity_cpu_core_seconds");
        memoryCapacity = layout.number("node_capacity_memory_byte_seconds");
        nodeGroup = layout.group("node");
      } else if (machines) {
        cpuRequest = layout.number("vm_cpu_request_cores");
        memoryRequest = layout.number("vm_memory_request_bytes");
      } else if (gpus) {
        migInstance = layout.group("mig_instance_id");
        migProfile = layout.text("mig_profile");
        migStrategy = layout.text("mig_strategy");
        gpuModel = layout.text("gpu_model_name");
      }
      raw =
          target.keepsRaw()
              ? Optional.of(new RawRow(OpenShiftTables.raw(layout.table), layout))
              : Optional.empty();
      newTexts();
    }

    private void newTexts() {
      intervals = new ValueDictionary(Cells::withoutNul);
      intervalInstants = new Instant[64];
      intervalDays = new OpenDay[64];
      periods = new ValueDictionary(Cells::withoutNul);
      periodSeconds = new long[8];
      groupTexts = new ValueDictionary[layout.shape.groups().size()];
      for (int i = 0; i < groupTexts.length; i++) {
        var column = layout.shape.groups().get(i);
        groupTexts[i] =
            new ValueDictionary(
                column.type() == LogicalType.JSON_TEXT
                    ? column.name().equals("vm_labels") ? this::labels : this::tagLabels
                    : Cells.cleaning(column.name()));
      }
      maximumTexts = new ValueDictionary[layout.shape.texts().size()];
      for (int i = 0; i < maximumTexts.length; i++) {
        maximumTexts[i] = new ValueDictionary(Cells.cleaning(layout.shape.texts().get(i).name()));
      }
      migs = new HashMap<>();
    }

    private String labels(String cell) {
      return JsonText.object(Cells.labels(cell));
    }

    private String tagLabels(String cell) {
      Map<String, String> labels = Cells.labels(cell);
      for (String label : labels.keySet()) {
        if (label.length() <= LONGEST_KEY) {
          tagKeys.add(Cells.withoutNul(label));
        } else {
          notes.merge("label keys too long to be tag keys", 1L, Long::sum);
        }
      }
      return JsonText.object(labels);
    }

    Outcome run() throws IOException, SQLException {
      int untilCheck = 0;
      while (scanner.next()) {
        row();
        if (++untilCheck == 4096) {
          untilCheck = 0;
          keepBounds();
        }
      }
      flush(null);
      count(skipped, "too many fields", tooManyFields);
      count(skipped, "interval_start is no time", badTimes);
      count(skipped, "a value beyond 1e18", anomalies);
      count(notes, "cells that are no number, read as 0", badNumbers);
      return new Outcome(
          Optional.of(layout.table),
          scanner.bytes(),
          scanner.records() - 1,
          written,
          skipped,
          notes,
          tagKeys);
    }

    private static void count(Map<String, Long> counts, String what, long number) {
      if (number > 0) {
        counts.put(what, number);
      }
    }

    private void row() throws SQLException, IOException {
      if (scanner.fields() > layout.headerFields) {
        tooManyFields++;
        return;
      }
      int interval = interval();
      OpenDay day = intervalDays[interval];
      if (day == null) {
        badTimes++;
        return;
      }
      if (!numbers()) {
        anomalies++;
        return;
      }
      if (day.rows == null) {
        skipped.merge(day.plan.reason(), 1L, Long::sum);
        return;
      }
      current = day;
      byte[] data = scanner.data();
      for (int i = 0; i < key.length; i++) {
        key[i] = text(groupTexts[i], layout.groupFields[i], data);
      }
      for (int i = 0; i < text.length; i++) {
        text[i] = text(maximumTexts[i], layout.textFields[i], data);
      }
      derive(interval);
      DayRows rows = day.rows;
      int group = rows.group(key);
      rows.add(group, numbers);
      for (int i = 0; i < text.length; i++) {
        rows.text(group, i, text[i], maximumTexts[i]);
      }
      long periodStart = period(layout.periodStartField);
      long periodEnd = period(layout.periodEndField);
      rows.period(group, periodStart, periodEnd);
      if (machines) {
        rows.last(
            group,
            intervalInstants[interval].getEpochSecond(),
            numbers[cpuRequest],
            numbers[memoryRequest]);
      }
      if (raw.isPresent()) {
        Place place = day.plan.place();
        raw.get()
            .write(
                target.raw(raw.get().table(), LocalDate.ofEpochDay(rows.day()), place),
                place,
                rows.day(),
                new RawRow.Values(
                    numbers,
                    key,
                    groupTexts,
                    text,
                    maximumTexts,
                    periodStart,
                    periodEnd,
                    intervalInstants[interval].getEpochSecond(),
                    period(layout.intervalEndField)));
      }
    }

    private int interval() throws SQLException {
      int field = layout.intervalField;
      int number =
          field < scanner.fields()
              ? intervals.number(scanner.data(), scanner.start(field), scanner.end(field))
              : intervals.number("");
      if (number >= intervalInstants.length || intervalInstants[number] == null) {
        newInterval(number);
      }
      return number;
    }

    private void newInterval(int number) throws SQLException {
      if (number >= intervalInstants.length) {
        intervalInstants = Arrays.copyOf(intervalInstants, Math.max(number + 1, number * 2));
        intervalDays = Arrays.copyOf(intervalDays, intervalInstants.length);
      }
      String cell = intervals.text(number);
      Optional<Instant> instant = Times.ofReport(cell);
      Optional<LocalDate> day = day(cell);
      intervalInstants[number] = instant.orElse(Instant.EPOCH);
      if (instant.isPresent() && day.isPresent()) {
        OpenDay open = days.get(day.get());
        if (open == null) {
          DayPlan plan = target.plan(layout.table, day.get());
          open = new OpenDay(plan, null);
          days.put(day.get(), open);
        }
        if (open.plan.write() && open.rows == null) {
          open.rows = new DayRows(layout.shape, Math.toIntExact(day.get().toEpochDay()), machines);
        }
        intervalDays[number] = open;
      }
    }

    /// Reads the numbers of a row; false when one of them is beyond reason.
    private boolean numbers() {
      byte[] data = scanner.data();
      int fields = scanner.fields();
      for (int i = 0; i < sent; i++) {
        int field = layout.numberFields[i];
        double value = 0;
        if (field < fields && scanner.start(field) < scanner.end(field)) {
          int from = scanner.start(field);
          int to = scanner.end(field);
          value = Decimals.parse(data, from, to);
          if (value > ANOMALY && layout.numberBounded[i]) {
            return false;
          }
          if (!(Math.abs(value) <= LARGEST)) { // NaN, too
            value = 0;
            if (!NotAvailable.is(data, from, to)) {
              badNumbers++;
            }
          }
        }
        numbers[i] = value;
      }
      return true;
    }

    private int text(ValueDictionary dictionary, int field, byte[] data) {
      if (field < 0) {
        return DayRows.NULL;
      }
      try {
        return field < scanner.fields()
            ? dictionary.number(data, scanner.start(field), scanner.end(field))
            : dictionary.number(data, 0, 0);
      } catch (TawaraException broken) {
        throw new TawaraException(
            broken.category(), broken.getMessage() + " in record " + scanner.records(), broken);
      }
    }

    private long period(int field) {
      if (field < 0 || field >= scanner.fields()) {
        return Long.MIN_VALUE;
      }
      int before = periods.size();
      int number = periods.number(scanner.data(), scanner.start(field), scanner.end(field));
      if (periods.size() > before) {
        if (number >= periodSeconds.length) {
          periodSeconds = Arrays.copyOf(periodSeconds, number * 2);
        }
        periodSeconds[number] =
            Times.ofReport(periods.text(number))
                .map(Instant::getEpochSecond)
                .orElse(Long.MIN_VALUE);
      }
      return periodSeconds[number];
    }

    private void derive(int interval) {
      if (pods) {
        numbers[sent] = Math.max(numbers[cpuUsage], numbers[cpuRequest]);
        numbers[sent + 1] = Math.max(numbers[memoryUsage], numbers[memoryRequest]);
        capacity.add(interval, key[nodeGroup], numbers[cpuCapacity], numbers[memoryCapacity]);
      } else if (nodes) {
        numbers[sent] = 1; // label_hours: every record is an hour
      } else if (gpus) {
        deriveMig();
      }
    }

    private void deriveMig() {
      Mig mig =
          text[migProfile] == DayRows.NULL
              ? Mig.of("", "")
              : migs.computeIfAbsent(
                  (long) text[migProfile] << 32 | text[gpuModel],
                  unseen ->
                      Mig.of(
                          maximumTexts[migProfile].text(text[migProfile]),
                          maximumTexts[gpuModel].text(text[gpuModel])));
      numbers[sent] = mig.slices();
      numbers[sent + 1] = mig.memoryMib();
      numbers[sent + 2] = mig.maxSlices();
      if (!mig.applies()) {
        key[migInstance] = DayRows.NULL;
        text[migProfile] = DayRows.NULL;
        text[migStrategy] = DayRows.NULL;
      }
    }

    private void keepBounds() throws SQLException, IOException {
      int groups = 0;
      for (OpenDay day : days.values()) {
        groups += day.rows == null ? 0 : day.rows.count();
      }
      if (groups > mostGroups) {
        flush(groups - current.rows.count() > mostGroups / 4 ? current : null);
      }
      long bytes = intervals.bytes() + (long) periods.bytes();
      for (ValueDictionary texts : groupTexts) {
        bytes += texts.bytes();
      }
      for (ValueDictionary texts : maximumTexts) {
        bytes += texts.bytes();
      }
      if (bytes > MOST_TEXT_BYTES) {
        flush(null);
        newTexts();
      } else if (capacity.size() > MOST_CAPACITIES) {
        flushCapacity();
      }
    }

    /// Hands on all days but one.
    private void flush(OpenDay keep) throws SQLException, IOException {
      var finished = new ArrayList<Rows>();
      for (OpenDay day : new TreeMap<>(days).values()) {
        if (day != keep && day.rows != null && day.rows.count() > 0) {
          written += day.rows.count();
          finished.add(new Finished(day.rows, day.plan.place()));
          day.rows = new DayRows(layout.shape, day.rows.day(), machines);
        }
      }
      if (!finished.isEmpty()) {
        target.write(layout.table, finished);
      }
      flushCapacity();
    }

    private void flushCapacity() throws SQLException, IOException {
      if (capacity.size() == 0) {
        return;
      }
      var batch = new ArrayList<HourOfNode>();
      capacity.forEach(
          (interval, node, coreSeconds, byteSeconds) ->
              batch.add(
                  new HourOfNode(
                      intervalInstants[interval],
                      groupTexts[nodeGroup].text(node),
                      coreSeconds,
                      byteSeconds)));
      target.capacities(batch);
      capacity.clear();
    }

    private final class Finished implements Rows {
      private final DayRows rows;
      private final Place place;

      Finished(DayRows rows, Place place) {
        this.rows = rows;
        this.place = place;
      }

      @Override
      public LocalDate day() {
        return LocalDate.ofEpochDay(rows.day());
      }

      @Override
      public Place place() {
        return place;
      }

      @Override
      public void copy(RowWriter out) throws SQLException, IOException {
        rows.copy(out, place, groupTexts, maximumTexts);
      }
    }
  }
}
