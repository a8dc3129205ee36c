package io.tawara.ingest.connect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What manifests of different clouds have in common.
final class Manifest {
  private static final int MOST_SINGLE_CALLS = 20;
  private static final int MOST_BYTES = 32 << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(100)
                      .maxStringLength(1 << 20)
                      .build())
              .build());
  private static final Pattern UUIDS =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

  private Manifest() {}

  /// Reads a manifest of bounded size.
  static JsonNode read(Place place, Place.Item item) {
    if (item.bytes() > MOST_BYTES) {
      throw new CloudException(
          Problem.TOO_LARGE, "the manifest " + item.key() + " is larger than 32 MiB");
    }
    try (InputStream in = place.open(item.key(), item.etag(), 0)) {
      JsonNode manifest = JSON.readTree(in.readNBytes(MOST_BYTES));
      if (manifest == null || !manifest.isObject()) {
        throw new CloudException(
            Problem.UNREADABLE, "the manifest " + item.key() + " is not a JSON object");
      }
      return manifest;
    } catch (JsonProcessingException broken) {
      throw new CloudException(
          Problem.INCOMPLETE,
          "the manifest " + item.key() + " is not JSON (yet): " + broken.getOriginalMessage(),
          broken);
    } catch (IOException failure) {
      throw new CloudException(
          Problem.UNREACHABLE, "the manifest " + item.key() + " broke off: " + failure, failure);
    }
  }

  /// The last UUID in a text.
  static Optional<String> lastUuid(String text) {
    var matcher = UUIDS.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group();
    }
    return Optional.ofNullable(last);
  }

  /// `YYYYMMDD-YYYYMMDD` from the first of the month to the first of the next.
  static String toNextMonth(YearMonth month) {
    return DAY.format(month.atDay(1)) + "-" + DAY.format(month.plusMonths(1).atDay(1));
  }

  /// `YYYYMMDD-YYYYMMDD` from the first to the last of the month.
  static String wholeMonth(YearMonth month) {
    return DAY.format(month.atDay(1)) + "-" + DAY.format(month.atEndOfMonth());
  }

  /// Whether the ending of a name is one that is taken.
  static boolean readable(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv")
        || lower.endsWith(".csv.gz")
        || lower.endsWith(".zip")
        || lower.endsWith(".parquet");
  }

  /// How a file is called in the object store: archives are unpacked on their way.
  static String storedName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!lower.endsWith(".zip")) {
      return name;
    }
    String base = name.substring(0, name.length() - ".zip".length());
    return lower.endsWith(".csv.zip") ? base + ".gz" : base + ".csv.gz";
  }

  /// Joins parts of a key, leaving out empty ones and slashes at their ends.
  static String path(String... parts) {
    var joined = new StringBuilder();
    for (String part : parts) {
      String clean = part.replaceAll("^/+|/+$", "");
      if (!clean.isEmpty()) {
        joined.append(joined.isEmpty() ? "" : "/").append(clean);
      }
    }
    return joined.toString();
  }

  /// The files that a manifest names, as they are now; those that are not there are marked so.
  ///
  /// @param names how the ledger is to call each
  static List<RemoteFile> files(Place place, List<String> keys, List<String> names) {
    var files = new ArrayList<RemoteFile>();
    var used = new HashSet<String>();
    Function<String, Optional<Place.Item>> find =
        keys.size() > MOST_SINGLE_CALLS ? listed(place, keys) : place::find;
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      String name = used.add(names.get(i)) ? names.get(i) : i + "-" + names.get(i);
      files.add(
          find.apply(key).map(item -> item.as(name)).orElseGet(() -> RemoteFile.absent(name, key)));
    }
    return files;
  }

  /// Many files are listed once instead of being looked for one by one.
  private static Function<String, Optional<Place.Item>> listed(Place place, List<String> keys) {
    String common = keys.getFirst();
    for (String key : keys) {
      int same = 0;
      while (same < Math.min(common.length(), key.length())
          && common.charAt(same) == key.charAt(same)) {
        same++;
      }
      common = common.substring(0, same);
    }
    Map<String, Place.Item> items =
        place.list(common.substring(0, common.lastIndexOf('/') + 1)).stream()
            .collect(Collectors.toMap(Place.Item::key, Function.identity(), (a, b) -> b));
    return key -> Optional.ofNullable(items.get(key));
  }
}
