package io.tawara.ingest.openshift;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// `manifest.json` of an operator payload, checked (`sources-and-ingestion-4` §3.1).
///
/// @param operatorVersion release name, or the commit itself when it is unknown, or empty
/// @param end as used for summaries: a first of a later month became the last day of start's month
/// @param hoursPerDay hours that the delivery claims to cover, from the interval as it was sent
/// @param clusterChannel, errors from `cr_status`
/// @param airGapped empty without `cr_status`
public record PayloadManifest(
    UUID uuid,
    String clusterId,
    Instant date,
    List<String> files,
    List<String> resourceOptimizationFiles,
    Optional<Instant> start,
    Optional<Instant> end,
    String operatorVersion,
    boolean certified,
    boolean dailyReports,
    Map<LocalDate, Integer> hoursPerDay,
    String clusterChannel,
    Optional<Boolean> airGapped,
    Map<String, String> errors) {
  private static final int LONGEST_TEXT = 1 << 20;
  private static final int MOST_FILES = 5_000;
  private static final int LONGEST_NAME = 256;
  private static final Duration LONGEST_COVER = Duration.ofDays(400);
  private static final Instant NO_DATA = Instant.parse("0001-01-01T00:00:00Z");
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(64)
                      .maxStringLength(LONGEST_TEXT)
                      .build())
              .build());

  public PayloadManifest {
    files = List.copyOf(files);
    resourceOptimizationFiles = List.copyOf(resourceOptimizationFiles);
    hoursPerDay = Map.copyOf(hoursPerDay);
    errors = Map.copyOf(errors);
  }

  /// Reads and checks a manifest; what is wrong is said in an [Category#INPUT] error.
  public static PayloadManifest parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException broken) {
      throw wrong("is not JSON", broken);
    }
    if (root == null || !root.isObject()) {
      throw wrong("is no JSON object", null);
    }
    Optional<Instant> start = time(root, "start");
    Optional<Instant> sentEnd = time(root, "end");
    JsonNode status = root.path("cr_status");
    boolean certified = flag(root, "certified");
    return new PayloadManifest(
        version4(text(root, "uuid").orElseThrow(() -> wrong("has no uuid", null))),
        safe(
            "cluster_id",
            text(root, "cluster_id").orElseThrow(() -> wrong("has no cluster_id", null))),
        time(root, "date").orElseThrow(() -> wrong("has no date", null)),
        names(root, "files"),
        names(root, "resource_optimization_files"),
        start,
        adjusted(start, sentEnd),
        OperatorVersions.name(text(root, "version").orElse("")),
        certified,
        flag(root, "daily_reports"),
        hours(start, sentEnd),
        status.path("clusterVersion").asText(""),
        status.isObject()
            ? Optional.of(!stated(status.path("upload").path("upload")))
            : Optional.empty(),
        errors(status));
  }

  /// The first of the month that the delivery is about.
  public YearMonth month() {
    return YearMonth.from(
        start.filter(s -> s.isAfter(NO_DATA)).orElse(date).atOffset(ZoneOffset.UTC));
  }

  /// Whether the operator says that it had nothing to report.
  public boolean withoutData() {
    return start.filter(s -> !s.isAfter(NO_DATA)).isPresent()
        || end.filter(e -> !e.isAfter(NO_DATA)).isPresent();
  }

  /// Whether deliveries of a day add up instead of replacing each other.
  public boolean additive() {
    return !dailyReports;
  }

  /// Whether files are kept undivided under the month of [#date()], without hours.
  public boolean undivided() {
    return !dailyReports && !operatorVersion.isEmpty();
  }

  private static Optional<Instant> adjusted(Optional<Instant> start, Optional<Instant> end) {
    if (start.isEmpty() || end.isEmpty()) {
      return end;
    }
    LocalDate first = start.get().atOffset(ZoneOffset.UTC).toLocalDate();
    LocalDate last = end.get().atOffset(ZoneOffset.UTC).toLocalDate();
    if (last.getDayOfMonth() == 1 && !YearMonth.from(first).equals(YearMonth.from(last))) {
      return Optional.of(
          YearMonth.from(first).atEndOfMonth().atStartOfDay(ZoneOffset.UTC).toInstant());
    }
    return end;
  }

  static Map<LocalDate, Integer> hours(Optional<Instant> start, Optional<Instant> end) {
    var hours = new TreeMap<LocalDate, Integer>();
    if (start.isEmpty()
        || end.isEmpty()
        || !start.get().isBefore(end.get())
        || Duration.between(start.get(), end.get()).compareTo(LONGEST_COVER) > 0) {
      return hours;
    }
    LocalDate day = start.get().atOffset(ZoneOffset.UTC).toLocalDate();
    while (true) {
      Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      Instant to = from.plus(Duration.ofDays(1));
      Instant begin = from.isBefore(start.get()) ? start.get() : from;
      Instant finish = to.isAfter(end.get()) ? end.get() : to;
      if (!begin.isBefore(finish)) {
        return hours;
      }
      long millis = Duration.between(begin, finish).toMillis();
      hours.put(day, Math.toIntExact(Math.ceilDiv(millis, 3_600_000L)));
      day = day.plusDays(1);
    }
  }

  private static Map<String, String> errors(JsonNode status) {
    var errors = new TreeMap<String, String>();
    for (String section :
        List.of("authentication", "packaging", "upload", "prometheus", "source")) {
      String error = status.path(section).path("error").asText("");
      if (!error.isEmpty()) {
        errors.put(section + "_error", error);
      }
    }
    return errors;
  }

  private static Optional<String> text(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isValueNode()) {
      throw wrong(field + " is no text", null);
    }
    return Optional.of(value.asText());
  }

  private static Optional<Instant> time(JsonNode root, String field) {
    return text(root, field)
        .map(text -> Times.ofManifest(text).orElseThrow(() -> wrong(field + " is no time", null)));
  }

  private static boolean flag(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrong(field + " is neither true nor false", null);
    }
    return value.booleanValue();
  }

  /// The status of the operator has flags also as texts, `True`.
  private static boolean stated(JsonNode value) {
    return value.isTextual() ? value.asText().equalsIgnoreCase("true") : value.asBoolean(false);
  }

  private static UUID version4(String text) {
    if (text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        && UUID.fromString(text).version() == 4) {
      return UUID.fromString(text);
    }
    throw wrong("uuid is no UUID of version 4", null);
  }

  private static List<String> names(JsonNode root, String field) {
    JsonNode list = root.path(field);
    if (list.isMissingNode() || list.isNull()) {
      return List.of();
    }
    if (!list.isArray() || list.size() > MOST_FILES) {
      throw wrong(field + " is no list of at most " + MOST_FILES + " names", null);
    }
    var names = new ArrayList<String>();
    for (JsonNode name : list) {
      if (!name.isTextual()) {
        throw wrong(field + " holds something that is no text", null);
      }
      names.add(safe(field, name.textValue()));
    }
    return names.stream().distinct().toList();
  }

  private static String safe(String field, String name) {
    if (!isSafe(name)) {
      throw wrong(field + " holds an unsafe name", null);
    }
    return name;
  }

  /// Whether a name can stand for itself in a path.
  public static boolean isSafe(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && !name.equals(".")
        && !name.contains("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < 0x20 || c == 0x7F);
  }

  private static TawaraException wrong(String what, Throwable cause) {
    return new TawaraException(Category.INPUT, "manifest.json: " + what, cause);
  }
}
