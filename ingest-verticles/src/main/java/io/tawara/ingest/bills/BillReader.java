package io.tawara.ingest.bills;

import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.RowWriter;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.ids.Ids;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.bills.BillLayout.CollectedInput;
import io.tawara.ingest.bills.BillLayout.Keys;
import io.tawara.ingest.bills.BillLayout.TextInput;
import io.tawara.ingest.csv.CsvScanner;
import io.tawara.ingest.csv.Decimals;
import io.tawara.ingest.csv.JsonText;
import io.tawara.ingest.csv.NotAvailable;
import io.tawara.ingest.csv.ValueDictionary;
import io.tawara.ingest.days.DayRows;
import io.tawara.ingest.days.Place;
import io.tawara.ingest.landing.LineItemWriter;
import io.tawara.ingest.landing.Slice;
import io.tawara.ingest.landing.SliceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/// Reads one CSV file of a bill in one pass: rows are cleaned, written as they came where that is
/// kept, and added up to days. Memory is bounded: when more groups are open than permitted, or
/// texts take too much room, what was added up is handed on; everything downstream adds rows up
/// again.
public final class BillReader {
  private static final int BUFFER = 1 << 18;
  private static final int LONGEST_RECORD = 4 << 20;
  private static final int MOST_FIELDS = 5_000;
  private static final long MOST_TEXT_BYTES = 64L << 20;
  private static final double LARGEST = 1e30;
  private static final int LONGEST_TAG_KEY = 512;
  private static final int LONGEST_CATEGORY = 253;
  private static final int CHECK = 4096;

  /// Where rows go.
  public interface Target {
    /// Whether rows are written as they came, beside those added up.
    boolean keepsRaw();

    /// Told once per delivery before the first row of a slice is written.
    void begin(Slice slice) throws SQLException, IOException;

    /// Told before the first row of a day of use is written.
    void day(LocalDate day);

    LineItemWriter open(LineItemTable table, Slice slice) throws SQLException, IOException;
  }

  /// What a file belongs to.
  ///
  /// @param file number of the file within the delivery
  /// @param today the last day that is taken now where later ones wait
  public record Delivery(UUID source, int manifest, int file, YearMonth month, LocalDate today) {}

  /// What was read.
  ///
  /// @param skipped reason and number of rows that were left out
  /// @param notes what was changed or is remarkable, and how often
  /// @param firstDay of use; null when nothing was written
  public record Outcome(
      long bytes,
      long rowsRead,
      long rowsWritten,
      Map<String, Long> skipped,
      Map<String, Long> notes,
      Set<String> tagKeys,
      Set<String> categories,
      LocalDate firstDay,
      LocalDate lastDay) {
    public long rowsSkipped() {
      return skipped.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private final BillFormat format;
  private final Delivery delivery;
  private final Target target;
  private final int mostGroups;

  /// @param mostGroups how many groups may be open at once
  BillReader(BillFormat format, Delivery delivery, Target target, int mostGroups) {
    this.format = format;
    this.delivery = delivery;
    this.target = target;
    this.mostGroups = mostGroups;
  }

  /// A reader of the bills of a kind of provider.
  ///
  /// @param mostGroups how many groups may be open at once
  public static BillReader of(ProviderType type, Delivery delivery, Target target, int mostGroups) {
    return new BillReader(BillFormats.of(type), delivery, target, mostGroups);
  }

  /// Reads a file to its end. The stream is not closed.
  public Outcome read(InputStream in) throws IOException, SQLException {
    var scanner = new CsvScanner(in, BUFFER, LONGEST_RECORD);
    if (!scanner.next()) {
      return new Outcome(
          scanner.bytes(),
          0,
          0,
          Map.of(),
          Map.of("empty file", 1L),
          Set.of(),
          Set.of(),
          null,
          null);
    }
    var reading = new Reading(BillLayout.of(format, header(scanner)), scanner);
    try {
      return reading.run();
    } finally {
      reading.files.close();
    }
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

  /// Days of use within one slice.
  private record DayOfSlice(Slice slice, LocalDate day) {}

  /// A row's slice and day, found once for equal rows; `rows` is null when nothing is added up.
  private static final class Open {
    final DayOfSlice key;
    final int day;
    final byte[] year;
    final byte[] month;
    DayRows rows;

    Open(DayOfSlice key) {
      this.key = key;
      this.day = Math.toIntExact(key.day().toEpochDay());
      this.year = Reading.ascii(key.slice().year());
      this.month = Reading.ascii(key.slice().month());
    }
  }

  private final class Reading {
    private final BillLayout layout;
    private final CsvScanner scanner;
    private final LineItemTable rowsTable = format.rows();
    private final Column[] rowColumns;
    private final boolean rowsKept;
    private final double[] numbers;
    private final int[] text;
    private final long[] times;
    private final int[] key;
    private final byte[] deliveryMonth = ascii(deliveryMonth());
    private byte[] scratch = new byte[256];

    private final long today = delivery.today().toEpochDay();
    private final Map<DayOfSlice, Open> days = new HashMap<>();

    /// The same by the numbers of the texts that tell them; made anew with these.
    private final Map<Long, Open> opens = new HashMap<>();

    private final Set<Slice> begun = new LinkedHashSet<>();
    private final SliceFiles files = new SliceFiles(format.rows(), target::open);
    private final TreeMap<String, Long> skipped = new TreeMap<>();
    private final TreeMap<String, Long> notes = new TreeMap<>();
    private final TreeMap<String, Long> currencies = new TreeMap<>();
    private final Set<String> tagKeys = new TreeSet<>();
    private final Set<String> categories = new TreeSet<>();
    private long written;
    private long badNumbers;
    private long rowNumber;
    private LocalDate firstDay;
    private LocalDate lastDay;

    // made anew whenever texts take too much memory
    private ValueDictionary[] texts;
    private int[] blanks;
    private ValueDictionary[] timeTexts;
    private long[][] timeValues;
    private ValueDictionary[] cellTexts;
    private double[][] cellValues;
    private ValueDictionary sliceTexts;
    private LocalDate[] sliceDays;
    private long[] currencyRows;

    private Open last;
    private long lastUsage = BillCells.NO_TIME;
    private int lastSlice = -2;
    private int lastInvoice = -2;
    private int lastPartition = -2;
    private String lastReason = "";

    Reading(BillLayout layout, CsvScanner scanner) {
      this.layout = layout;
      this.scanner = scanner;
      rowColumns = rowsTable.columns().toArray(Column[]::new);
      rowsKept = target.keepsRaw() || format.daily().isEmpty();
      numbers = new double[layout.numbers.size()];
      text = new int[layout.texts.size() + layout.collected.size()];
      times = new long[layout.times.size()];
      key = new int[layout.dailyGroups.length];
      newTexts();
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void newTexts() {
      texts = new ValueDictionary[text.length];
      blanks = new int[text.length];
      for (int i = 0; i < layout.texts.size(); i++) {
        TextInput input = layout.texts.get(i);
        Consumer<String> keys = keys(input.keys());
        texts[i] = new ValueDictionary(cell -> input.cell().of(cell, keys));
        blanks[i] = texts[i].number(scratch, 0, 0);
      }
      for (int i = 0; i < layout.collected.size(); i++) {
        CollectedInput input = layout.collected.get(i);
        Consumer<String> keys = keys(input.keys());
        texts[layout.texts.size() + i] = new ValueDictionary(cell -> members(input, cell, keys));
        blanks[layout.texts.size() + i] = texts[layout.texts.size() + i].number(scratch, 0, 0);
      }
      timeTexts = new ValueDictionary[times.length];
      timeValues = new long[times.length][64];
      for (int i = 0; i < times.length; i++) {
        timeTexts[i] = new ValueDictionary(BillCells::withoutNul);
      }
      cellTexts = new ValueDictionary[layout.cellNumbers.size()];
      cellValues = new double[cellTexts.length][64];
      for (int i = 0; i < cellTexts.length; i++) {
        cellTexts[i] = new ValueDictionary(BillCells::withoutNul);
      }
      sliceTexts = new ValueDictionary(BillCells::withoutNul);
      sliceDays = new LocalDate[64];
      currencyRows = new long[8];
      opens.clear();
      lastSlice = -2;
      lastInvoice = -2;
      lastPartition = -2;
    }

    private Consumer<String> keys(Keys kind) {
      return switch (kind) {
        case NONE -> seen -> {};
        case TAGS -> seen -> key(seen, LONGEST_TAG_KEY, tagKeys);
        case CATEGORIES -> seen -> key(seen, LONGEST_CATEGORY, categories);
      };
    }

    private void key(String seen, int longest, Set<String> known) {
      if (seen.length() > longest) {
        notes.merge("keys that are too long to be registered", 1L, Long::sum);
      } else {
        known.add(BillCells.withoutNul(seen));
      }
    }

    /// Members of a collected text: positions and values, each ended by NUL.
    private static String members(CollectedInput input, String cell, Consumer<String> keys) {
      if (cell.isEmpty()) {
        return "{}";
      }
      var members = new LinkedHashMap<String, String>();
      String[] parts = cell.split("\0", -1);
      for (int i = 0; i + 1 < parts.length; i += 2) {
        String value = parts[i + 1];
        if (!value.isEmpty() && !NotAvailable.is(value)) {
          String name = input.names()[Integer.parseInt(parts[i])];
          members.put(name, value);
          keys.accept(name);
        }
      }
      return JsonText.object(members);
    }

    Outcome run() throws IOException, SQLException {
      int untilCheck = 0;
      while (scanner.next()) {
        row();
        if (++untilCheck == CHECK) {
          untilCheck = 0;
          keepBounds();
        }
      }
      flush(null);
      files.end();
      countCurrencies();
      if (badNumbers > 0) {
        notes.put("cells that are no number, read as 0", badNumbers);
      }
      if (layout.columnsNotKept > 0) {
        notes.put("columns that are not kept", (long) layout.columnsNotKept);
      }
      if (currencies.size() > 1) {
        currencies.forEach((currency, rows) -> notes.put("rows in " + currency, rows));
      }
      return new Outcome(
          scanner.bytes(),
          scanner.records() - 1,
          written,
          Map.copyOf(skipped),
          Map.copyOf(notes),
          tagKeys,
          categories,
          firstDay,
          lastDay);
    }

    private void row() throws IOException, SQLException {
      if (scanner.fields() != layout.headerFields) {
        throw new TawaraException(
            Category.INPUT,
            "record %d has %d fields and the header has %d: the file is cut off or damaged"
                .formatted(scanner.records(), scanner.fields(), layout.headerFields));
      }
      byte[] data = scanner.data();
      for (int i = 0; i < times.length; i++) {
        times[i] = time(i, data);
      }
      int plain = layout.texts.size();
      for (int i = 0; i < plain; i++) {
        int field = layout.texts.get(i).field();
        text[i] = field < 0 ? blanks[i] : number(texts[i], field, data);
      }
      Open open = open(data);
      if (open == null) {
        skipped.merge(lastReason, 1L, Long::sum);
        return;
      }
      for (int i = 0; i < layout.collected.size(); i++) {
        text[plain + i] = collect(layout.collected.get(i), plain + i, data);
      }
      numbers(data);
      currency();
      if (open.rows != null) {
        addUp(open.rows);
      }
      if (rowsKept) {
        write(files.of(open.key.slice()), open);
      }
    }

    private int number(ValueDictionary dictionary, int field, byte[] data) {
      try {
        return dictionary.number(data, scanner.start(field), scanner.end(field));
      } catch (TawaraException broken) {
        throw new TawaraException(
            broken.category(), broken.getMessage() + " in record " + scanner.records(), broken);
      }
    }

    private long time(int input, byte[] data) {
      int field = layout.times.get(input).field();
      if (field < 0 || scanner.start(field) == scanner.end(field)) {
        return BillCells.NO_TIME;
      }
      ValueDictionary dictionary = timeTexts[input];
      int before = dictionary.size();
      int number = number(dictionary, field, data);
      if (dictionary.size() > before) {
        if (number >= timeValues[input].length) {
          timeValues[input] = Arrays.copyOf(timeValues[input], number * 2);
        }
        timeValues[input][number] = BillCells.time(dictionary.text(number));
      }
      return timeValues[input][number];
    }

    private void numbers(byte[] data) {
      int sent = layout.numberFields.length;
      for (int i = 0; i < sent; i++) {
        int field = layout.numberFields[i];
        double value = 0;
        if (field >= 0 && scanner.start(field) < scanner.end(field)) {
          int from = scanner.start(field);
          int to = scanner.end(field);
          value = Decimals.parse(data, from, to);
          if (!(Math.abs(value) <= LARGEST)) { // NaN, too
            value = 0;
            if (!NotAvailable.is(data, from, to)) {
              badNumbers++;
            }
          }
        }
        numbers[i] = value;
      }
      for (int i = 0; i < cellTexts.length; i++) {
        numbers[sent + i] = cellNumber(i, data);
      }
      int at = sent + cellTexts.length;
      for (int i = 0; i < layout.numberNumberSources.length; i++) {
        numbers[at + i] =
            layout
                .numberNumbers
                .get(i)
                .number()
                .applyAsDouble(numbers[layout.numberNumberSources[i]]);
      }
    }

    private double cellNumber(int input, byte[] data) {
      int field = layout.cellNumberFields[input];
      if (field < 0) {
        return 0;
      }
      ValueDictionary dictionary = cellTexts[input];
      int before = dictionary.size();
      int number = number(dictionary, field, data);
      if (dictionary.size() > before) {
        if (number >= cellValues[input].length) {
          cellValues[input] = Arrays.copyOf(cellValues[input], number * 2);
        }
        cellValues[input][number] =
            layout.cellNumbers.get(input).number().applyAsDouble(dictionary.text(number));
      }
      return cellValues[input][number];
    }

    private int collect(CollectedInput input, int position, byte[] data) {
      int used = 0;
      for (int i = 0; i < input.fields().length; i++) {
        int field = input.fields()[i];
        int length = scanner.end(field) - scanner.start(field);
        if (length > 0) {
          if (used + length + 8 > scratch.length) {
            scratch = Arrays.copyOf(scratch, (used + length + 8) * 2);
          }
          used = digits(i, used);
          scratch[used++] = 0;
          for (int at = scanner.start(field); at < scanner.end(field); at++) {
            if (data[at] != 0) {
              scratch[used++] = data[at];
            }
          }
          scratch[used++] = 0;
        }
      }
      return texts[position].number(scratch, 0, used);
    }

    private int digits(int value, int at) {
      if (value >= 10) {
        at = digits(value / 10, at);
      }
      scratch[at] = (byte) ('0' + value % 10);
      return at + 1;
    }

    private void currency() {
      int position = layout.currencies[0];
      for (int each : layout.currencies) {
        if (!texts[each].isBlank(text[each])) {
          position = each;
          break;
        }
      }
      if (position == layout.currencies[0]) {
        int number = text[position];
        if (number >= currencyRows.length) {
          currencyRows = Arrays.copyOf(currencyRows, number * 2);
        }
        currencyRows[number]++;
      } else {
        currencies.merge(texts[position].text(text[position]), 1L, Long::sum);
      }
    }

    private void countCurrencies() {
      ValueDictionary names = texts[layout.currencies[0]];
      for (int i = 0; i < Math.min(names.size(), currencyRows.length); i++) {
        if (currencyRows[i] > 0) {
          currencies.merge(
              names.isBlank(i) ? "no currency" : names.text(i), currencyRows[i], Long::sum);
        }
      }
      Arrays.fill(currencyRows, 0);
    }

    /// Where the row belongs; null when it is left out, for [#lastReason].
    private Open open(byte[] data) throws SQLException, IOException {
      long usage = times[layout.usageTime];
      int slice = layout.sliceTimeField < 0 ? -1 : number(sliceTexts, layout.sliceTimeField, data);
      int invoice = layout.invoiceMonth < 0 ? -1 : text[layout.invoiceMonth];
      int partition = layout.partitionDay < 0 ? -1 : text[layout.partitionDay];
      if (usage == lastUsage
          && slice == lastSlice
          && invoice == lastInvoice
          && partition == lastPartition) {
        return last;
      }
      lastUsage = usage;
      lastSlice = slice;
      lastInvoice = invoice;
      lastPartition = partition;
      last = find(usage, slice, invoice, partition);
      return last;
    }

    private Open find(long usage, int sliceText, int invoice, int partition)
        throws SQLException, IOException {
      LocalDate told = sliceText < 0 ? null : sliceDay(sliceText);
      if (usage == BillCells.NO_TIME && told == null) {
        return leftOut("no time of use");
      }
      long day = usage == BillCells.NO_TIME ? told.toEpochDay() : Math.floorDiv(usage, 86_400L);
      if (format.futureLeftOut() && (told == null ? day : told.toEpochDay()) > today) {
        return leftOut("of a day to come");
      }
      long known = day << 40 ^ (long) (invoice + 1) << 20 ^ partition + 1;
      Open open = opens.get(known);
      if (open == null) {
        open = begin(LocalDate.ofEpochDay(day), invoice, partition);
        if (open != null) {
          opens.put(known, open);
        }
      }
      return open;
    }

    private Open begin(LocalDate day, int invoice, int partition) throws SQLException, IOException {
      YearMonth month = delivery.month();
      if (invoice >= 0) {
        month = invoiceMonth(texts[layout.invoiceMonth].text(invoice));
        if (month == null) {
          return leftOut("no invoice month");
        }
      }
      String name = partition < 0 ? "" : texts[layout.partitionDay].text(partition);
      if (partition >= 0 && name.isEmpty()) {
        return leftOut("no partition date");
      }
      Slice slice = Slice.of(month, name);
      Open open = days.computeIfAbsent(new DayOfSlice(slice, day), Open::new);
      if (begun.add(slice)) {
        target.begin(slice);
      }
      target.day(day);
      if (layout.daily.isPresent() && open.rows == null) {
        open.rows = new DayRows(layout.daily.get(), open.day, false);
      }
      firstDay = firstDay == null || day.isBefore(firstDay) ? day : firstDay;
      lastDay = lastDay == null || day.isAfter(lastDay) ? day : lastDay;
      return open;
    }

    private Open leftOut(String reason) {
      lastReason = reason;
      return null;
    }

    private LocalDate sliceDay(int number) {
      if (number >= sliceDays.length) {
        sliceDays = Arrays.copyOf(sliceDays, number * 2);
      }
      if (sliceDays[number] == null) {
        String cell = sliceTexts.text(number);
        try {
          sliceDays[number] =
              cell.length() < 10 ? LocalDate.MIN : LocalDate.parse(cell.substring(0, 10));
        } catch (DateTimeException none) {
          sliceDays[number] = LocalDate.MIN;
        }
      }
      return sliceDays[number].equals(LocalDate.MIN) ? null : sliceDays[number];
    }

    private static YearMonth invoiceMonth(String text) {
      try {
        return text.matches("\\d{6}")
            ? YearMonth.of(Integer.parseInt(text, 0, 4, 10), Integer.parseInt(text, 4, 6, 10))
            : null;
      } catch (DateTimeException none) {
        return null;
      }
    }

    private void addUp(DayRows rows) {
      int[] groups = layout.dailyGroups;
      for (int i = 0; i < groups.length; i++) {
        key[i] = text[groups[i]];
      }
      int group = rows.group(key);
      rows.add(group, numbers);
      for (int i = 0; i < layout.dailyTexts.length; i++) {
        int position = layout.dailyTexts[i];
        rows.text(group, i, text[position], texts[position]);
      }
    }

    private void write(RowWriter out, Open open) throws SQLException, IOException {
      out.row(rowColumns.length);
      for (int i = 0; i < rowColumns.length; i++) {
        int source = layout.rowSources[i];
        if (source < 0) {
          place(out, rowColumns[i], open);
          continue;
        }
        switch (rowColumns[i].type()) {
          case TEXT, JSON_TEXT -> texts[source].write(text[source], out);
          case DOUBLE -> out.number(numbers[source]);
          case TIMESTAMP -> {
            if (times[source] == BillCells.NO_TIME) {
              out.nothing();
            } else {
              out.timestamp(times[source]);
            }
          }
          case INTEGER, DATE, UUID -> throw new IllegalStateException("not a value of a bill");
        }
      }
      if (format.daily().isEmpty()) {
        written++;
      }
    }

    private void place(RowWriter out, Column column, Open open) {
      switch (column.name()) {
        case "row_uuid" -> out.uuid(rowId());
        case "usage_start" -> out.date(open.day);
        case "source" -> out.uuid(delivery.source());
        case "year" -> out.constant(open.year, 0, open.year.length);
        case "month" -> out.constant(open.month, 0, open.month.length);
        case "manifestid" -> out.integer(delivery.manifest());
        case "delivery_month" -> out.constant(deliveryMonth, 0, deliveryMonth.length);
        default -> throw new IllegalStateException("unknown place " + column);
      }
    }

    private String deliveryMonth() {
      return "%04d%02d".formatted(delivery.month().getYear(), delivery.month().getMonthValue());
    }

    /// Unique in the source: the delivery, the file, and a number that grows.
    private UUID rowId() {
      return new UUID((long) delivery.manifest() << 32 | delivery.file(), rowNumber++);
    }

    private void keepBounds() throws SQLException, IOException {
      int groups = 0;
      for (Open open : days.values()) {
        groups += open.rows == null ? 0 : open.rows.count();
      }
      if (groups > mostGroups) {
        // hours of a day mostly come together: the day that is being read stays
        flush(
            last != null && last.rows != null && last.rows.count() < groups * 3 / 4 ? last : null);
      }
      long bytes = sliceTexts.bytes();
      for (ValueDictionary[] dictionaries : List.of(texts, timeTexts, cellTexts)) {
        for (ValueDictionary dictionary : dictionaries) {
          bytes += dictionary.bytes();
        }
      }
      if (bytes > MOST_TEXT_BYTES) {
        flush(null);
        countCurrencies();
        newTexts();
      }
    }

    /// Hands on what was added up, but for one day.
    private void flush(Open keep) throws SQLException, IOException {
      if (layout.daily.isEmpty()) {
        return;
      }
      var bySlice =
          new TreeMap<Slice, List<Open>>(
              Comparator.comparing(Slice::year)
                  .thenComparing(Slice::month)
                  .thenComparing(Slice::name));
      for (Open open : days.values()) {
        if (open != keep && open.rows != null && open.rows.count() > 0) {
          bySlice.computeIfAbsent(open.key.slice(), slice -> new ArrayList<>()).add(open);
        }
      }
      ValueDictionary[] groupTexts = dictionaries(layout.dailyGroups);
      ValueDictionary[] maximumTexts = dictionaries(layout.dailyTexts);
      Ids ids = this::rowId;
      for (Map.Entry<Slice, List<Open>> each : bySlice.entrySet()) {
        Slice slice = each.getKey();
        var place =
            new Place(
                delivery.source(),
                slice.year(),
                slice.month(),
                delivery.manifest(),
                0,
                deliveryMonth(),
                ids);
        each.getValue().sort(Comparator.comparingInt(open -> open.day));
        try (LineItemWriter out = target.open(format.daily().orElseThrow(), slice)) {
          for (Open open : each.getValue()) {
            open.rows.copy(out, place, groupTexts, maximumTexts);
            written += open.rows.count();
            open.rows = new DayRows(layout.daily.orElseThrow(), open.day, false);
          }
          out.end();
        }
      }
    }

    private ValueDictionary[] dictionaries(int[] positions) {
      return Arrays.stream(positions)
          .mapToObj(position -> texts[position])
          .toArray(ValueDictionary[]::new);
    }
  }
}
