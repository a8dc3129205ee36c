package io.tawara.ingest.connect;

import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.JobException;
import com.google.cloud.bigquery.QueryJobConfiguration;
import com.google.cloud.bigquery.QueryParameterValue;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableId;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A billing export in BigQuery (`data-formats` §4): each ingestion partition whose largest export
/// time changed is a delivery with one file, the rows of the partition as CSV.
final class BillingExport implements Connector {
  static final String BILLING_TABLE = "gcp_billing_export_resource";
  private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{1,100}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,1024}");
  private static final long PAGE = 5_000;

  /// A column of the file and what it is made of.
  private record Column(String name, String expression) {}

  private static final List<Column> COLUMNS =
      List.of(
          plain("billing_account_id"),
          plain("service.id"),
          plain("service.description"),
          plain("sku.id"),
          plain("sku.description"),
          time("usage_start_time"),
          time("usage_end_time"),
          plain("project.id"),
          plain("project.name"),
          json("project.labels"),
          plain("project.ancestry_numbers"),
          json("labels"),
          json("system_labels"),
          plain("location.location"),
          plain("location.country"),
          plain("location.region"),
          plain("location.zone"),
          time("export_time"),
          plain("cost"),
          plain("currency"),
          plain("currency_conversion_rate"),
          plain("usage.amount"),
          plain("usage.unit"),
          plain("usage.amount_in_pricing_units"),
          plain("usage.pricing_unit"),
          json("credits"),
          plain("invoice.month"),
          plain("cost_type"),
          plain("resource.name"),
          plain("resource.global_name"),
          new Column("partition_date", "date(_PARTITIONTIME)"));

  private final GcpSession session;
  private final BigQuery bigQuery;
  private final String project;
  private final String dataset;
  private final Optional<String> namedTable;
  private final Optional<String> bucket;
  private String table;

  /// @param dataset may be `project:dataset`, of which the dataset counts
  /// @param namedTable empty: the first table that looks like a billing export
  BillingExport(
      GcpSession session,
      BigQuery bigQuery,
      String project,
      String dataset,
      Optional<String> namedTable,
      Optional<String> bucket) {
    this.session = session;
    this.bigQuery = bigQuery;
    this.project = checked(PROJECT, project, "project");
    this.dataset = dataset.substring(dataset.indexOf(':') + 1);
    this.namedTable = namedTable;
    this.bucket = bucket;
  }

  private static Column plain(String name) {
    return new Column(name, name);
  }

  private static Column json(String name) {
    return new Column(name, "to_json_string(" + name + ")");
  }

  private static Column time(String name) {
    return new Column(name, "format_timestamp('%Y-%m-%dT%H:%M:%E*S+00:00', " + name + ", 'UTC')");
  }

  /// Names become part of a statement only when they can be nothing else.
  private static String checked(Pattern pattern, String name, String what) {
    if (!pattern.matcher(name).matches()) {
      throw new CloudException(
          Problem.NOT_FOUND, "'" + name + "' can be no " + what + " of Google Cloud");
    }
    return name;
  }

  TableId tableId() {
    if (table == null) {
      table =
          namedTable
              .or(this::billingTable)
              .orElseThrow(
                  () ->
                      new CloudException(
                          Problem.NO_REPORT,
                          "dataset " + dataset + " holds no table of a billing export (yet)"));
    }
    return TableId.of(project, checked(NAME, dataset, "dataset"), checked(NAME, table, "table"));
  }

  private Optional<String> billingTable() {
    return asking(
        "listing tables",
        () -> {
          for (Table each : bigQuery.listTables(datasetId()).iterateAll()) {
            if (each.getTableId().getTable().contains(BILLING_TABLE)) {
              return Optional.of(each.getTableId().getTable());
            }
          }
          return Optional.empty();
        });
  }

  private com.google.cloud.bigquery.DatasetId datasetId() {
    return com.google.cloud.bigquery.DatasetId.of(project, checked(NAME, dataset, "dataset"));
  }

  private String from() {
    TableId id = tableId();
    return "`%s.%s.%s`".formatted(id.getProject(), id.getDataset(), id.getTable());
  }

  @Override
  public List<Delivery> deliveries(Wanted wanted) {
    String sql =
        """
        select date(_PARTITIONTIME) as partition_day, max(export_time) as exported
        from %s where date(_PARTITIONTIME) between @first and @last
        group by 1 order by 1
        """
            .formatted(from());
    LocalDate first =
        wanted.from().isAfter(wanted.month().atDay(1)) ? wanted.from() : wanted.month().atDay(1);
    QueryJobConfiguration query =
        QueryJobConfiguration.newBuilder(sql)
            .setUseLegacySql(false)
            .addNamedParameter("first", QueryParameterValue.date(first.toString()))
            .addNamedParameter(
                "last", QueryParameterValue.date(wanted.month().atEndOfMonth().toString()))
            .build();
    return asking(
        "asking for partitions",
        () -> {
          var found = new ArrayList<Delivery>();
          for (FieldValueList row : bigQuery.query(query).iterateAll()) {
            if (row.get(0).isNull() || row.get(1).isNull()) {
              continue;
            }
            LocalDate day = LocalDate.parse(row.get(0).getStringValue());
            Instant exported = row.get(1).getTimestampInstant().truncatedTo(ChronoUnit.MICROS);
            if (!exported.equals(wanted.known().get(day))) {
              found.add(delivery(day, exported));
            }
          }
          return found;
        });
  }

  private static Delivery delivery(LocalDate day, Instant exported) {
    YearMonth month = YearMonth.from(day);
    String name = "%04d%02d_%s.csv".formatted(month.getYear(), month.getMonthValue(), day);
    return new Delivery(
        day + "|" + exported,
        month,
        exported,
        Optional.of(day),
        false,
        List.of(new RemoteFile(name, day.toString(), exported.toString(), -1, exported)));
  }

  /// @param key name of an object in the bucket
  @Override
  public RemoteFile posted(YearMonth month, String key) {
    return session.object(
        bucket.orElseThrow(
            () -> new CloudException(Problem.NOT_FOUND, "the source has no bucket for files")),
        key);
  }

  /// The rows of a partition, or an object of the bucket.
  @Override
  public InputStream open(RemoteFile file, long offset) {
    if (file.location().startsWith(GcpSession.SCHEME)) {
      return session.openObject(file);
    }
    LocalDate day = LocalDate.parse(file.location());
    QueryJobConfiguration query =
        rows()
            .addNamedParameter("day", QueryParameterValue.date(day.toString()))
            .setMaxResults(PAGE)
            .build();
    return asking(
        "reading partition " + day, () -> new Rows(bigQuery.query(query).iterateAll().iterator()));
  }

  private QueryJobConfiguration.Builder rows() {
    String columns = String.join(", ", COLUMNS.stream().map(Column::expression).toList());
    return QueryJobConfiguration.newBuilder(
            "select %s from %s where date(_PARTITIONTIME) = @day".formatted(columns, from()))
        .setUseLegacySql(false)
        .setUseQueryCache(false);
  }

  /// Lets BigQuery check the statement that reads a partition without running it.
  void dryRun() {
    asking(
        "trying the query",
        () ->
            bigQuery.create(
                com.google.cloud.bigquery.JobInfo.of(
                    rows()
                        .addNamedParameter("day", QueryParameterValue.date("2000-01-01"))
                        .setDryRun(true)
                        .build())));
  }

  /// The order of rows is not the same twice.
  @Override
  public boolean resumable() {
    return false;
  }

  interface Call<T> {
    T call() throws InterruptedException;
  }

  static <T> T asking(String what, Call<T> call) {
    try {
      return call.call();
    } catch (BigQueryException refused) {
      throw problem(what, refused);
    } catch (JobException failed) {
      throw new CloudException(Problem.UNREADABLE, what + ": " + failed.getErrors(), failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CloudException(Problem.UNREACHABLE, what + " was not waited for", stop);
    }
  }

  static CloudException problem(String what, BigQueryException failure) {
    String reason = failure.getReason() == null ? "" : failure.getReason();
    return new CloudException(
        problem(reason, failure.getCode()),
        "%s: %s%s".formatted(what, reason.isEmpty() ? "" : reason + ": ", failure.getMessage()),
        failure);
  }

  static Problem problem(String reason, int status) {
    return switch (reason) {
      case "accessDenied" -> Problem.PERMISSION;
      case "notFound" -> Problem.NOT_FOUND;
      case "rateLimitExceeded", "quotaExceeded", "jobRateLimitExceeded" -> Problem.THROTTLED;
      default ->
          switch (status) {
            case 401 -> Problem.CREDENTIALS;
            case 403 -> Problem.PERMISSION;
            case 404 -> Problem.NOT_FOUND;
            case 412 -> Problem.CHANGED;
            case 429 -> Problem.THROTTLED;
            default -> status >= 500 || status <= 0 ? Problem.UNREACHABLE : Problem.UNREADABLE;
          };
    };
  }

  @Override
  public void close() {
    session.close();
  }

  /// Rows as CSV, page by page.
  private static final class Rows extends InputStream {
    private static final int CHUNK = 1 << 16;
    private final Iterator<FieldValueList> rows;
    private byte[] chunk = header();
    private int at;

    Rows(Iterator<FieldValueList> rows) {
      this.rows = rows;
    }

    private static byte[] header() {
      return (String.join(",", COLUMNS.stream().map(Column::name).toList()) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (at == chunk.length && !fill()) {
        return -1;
      }
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, buffer, offset, count);
      at += count;
      return count;
    }

    private boolean fill() {
      var text = new StringBuilder();
      asking(
          "reading rows",
          () -> {
            while (text.length() < CHUNK && rows.hasNext()) {
              append(text, rows.next());
            }
            return null;
          });
      chunk = text.toString().getBytes(StandardCharsets.UTF_8);
      at = 0;
      return chunk.length > 0;
    }

    private static void append(StringBuilder text, FieldValueList row) {
      for (int i = 0; i < row.size(); i++) {
        FieldValue value = row.get(i);
        if (i > 0) {
          text.append(',');
        }
        if (!value.isNull()) {
          quoted(text, value.getStringValue());
        }
      }
      text.append('\n');
    }

    private static void quoted(StringBuilder text, String value) {
      boolean needed = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      text.append(needed ? '"' + value.replace("\"", "\"\"") + '"' : value);
    }
  }
}
