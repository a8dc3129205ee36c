package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Cost and Usage Reports of AWS in a bucket or a folder (`data-formats` §2.1): the manifest of the
/// month first, then exactly its files.
final class AwsReports implements Connector {
  private static final Pattern MANIFEST =
      Pattern.compile("((?:.+/)?)([^/]+)/(\\d{8}-\\d{8})/([^/]+)-Manifest\\.json");
  private static final DateTimeFormatter PERIOD =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT);

  /// A report as it is configured.
  ///
  /// @param prefix before the report's name in keys, may be empty
  record Report(String prefix, String name) {
    String month(YearMonth month) {
      return Manifest.path(prefix, name, Manifest.toNextMonth(month));
    }
  }

  private final Place place;
  private final Supplier<Optional<Report>> report;
  private final int maxFiles;
  private Optional<Report> known;

  /// @param report the report that is configured for the bucket; asked at most once
  AwsReports(Place place, Supplier<Optional<Report>> report, int maxFiles) {
    this.place = place;
    this.report = report;
    this.maxFiles = maxFiles;
  }

  /// The first report of a place, found by its manifests.
  static Optional<Report> discover(Place place) {
    return place.list("").stream()
        .map(item -> MANIFEST.matcher(item.key()))
        .filter(found -> found.matches() && found.group(2).equals(found.group(4)))
        .map(found -> new Report(Manifest.path(found.group(1)), found.group(2)))
        .distinct()
        .findFirst();
  }

  @Override
  public List<Delivery> deliveries(Wanted wanted) {
    if (known == null) {
      known = report.get();
    }
    if (known.isEmpty()) {
      return List.of();
    }
    String month = known.get().month(wanted.month());
    Optional<Place.Item> manifest = place.find(month + "/" + known.get().name() + "-Manifest.json");
    return manifest.isEmpty() ? List.of() : List.of(delivery(manifest.get(), wanted.month()));
  }

  private Delivery delivery(Place.Item item, YearMonth month) {
    JsonNode manifest = Manifest.read(place, item);
    String assembly = manifest.path("assemblyId").asText("");
    if (assembly.isBlank()) {
      throw new CloudException(
          Problem.UNREADABLE, "the manifest " + item.key() + " has no assemblyId");
    }
    checkPeriod(manifest, item, month);
    var keys = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (JsonNode each : manifest.path("reportKeys")) {
      String key = each.asText().replaceAll("^/+", "");
      if (!Manifest.readable(key)) {
        throw new CloudException(
            Problem.UNSUPPORTED,
            "the report file "
                + key
                + " is neither CSV, compressed CSV nor Parquet; choose one of them in the report's"
                + " definition");
      }
      keys.add(key);
      names.add(localName(key));
    }
    if (keys.isEmpty()) {
      throw new CloudException(
          Problem.UNREADABLE, "the manifest " + item.key() + " names no files in reportKeys");
    }
    if (keys.size() > maxFiles) {
      throw new CloudException(
          Problem.TOO_LARGE,
          "the manifest " + item.key() + " names more than " + maxFiles + " files");
    }
    return new Delivery(
        assembly,
        month,
        item.modified(),
        Optional.empty(),
        true,
        Manifest.files(place, keys, names));
  }

  private static void checkPeriod(JsonNode manifest, Place.Item item, YearMonth month) {
    String start = manifest.path("billingPeriod").path("start").asText("");
    try {
      if (!YearMonth.from(LocalDateTime.parse(start, PERIOD)).equals(month)) {
        throw new CloudException(
            Problem.UNREADABLE,
            "the manifest %s is of %s and lies in the folder of %s"
                .formatted(item.key(), start, month));
      }
    } catch (DateTimeParseException wrong) {
      throw new CloudException(
          Problem.UNREADABLE,
          "the manifest " + item.key() + " has no billingPeriod.start: '" + start + "'",
          wrong);
    }
  }

  /// `{assembly id}-{base name}`, or the base name when no assembly is in the key.
  private static String localName(String key) {
    String base = key.substring(key.lastIndexOf('/') + 1);
    return Manifest.lastUuid(key).map(id -> id + "-" + base).orElse(base);
  }

  @Override
  public RemoteFile posted(YearMonth month, String key) {
    String bucket = place.name() + "/";
    int at = key.indexOf(bucket);
    String inside = at < 0 ? key : key.substring(at + bucket.length());
    Place.Item item =
        place
            .find(inside.replaceAll("^/+", ""))
            .orElseThrow(
                () ->
                    new CloudException(
                        Problem.NOT_FOUND,
                        "File %s could not be found within bucket %s."
                            .formatted(inside, place.name())));
    return item.as(localName(item.key()));
  }

  @Override
  public InputStream open(RemoteFile file, long offset) {
    return place.open(file.location(), file.etag(), offset);
  }

  @Override
  public void close() {
    place.close();
  }
}
