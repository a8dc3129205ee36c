package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// Cost exports of Azure in a container or a folder (`data-formats` §3.1): the newest manifest of
/// the month and its blobs, or, of exports that write none, the newest file.
final class AzureExports implements Connector {

  /// An export as it is configured.
  ///
  /// @param container where it is delivered; the first part of keys, may be empty in a folder
  /// @param directory root folder in the container, may be empty
  record Export(String container, String directory, String name) {
    String month(YearMonth month) {
      return Manifest.path(container, directory, name, Manifest.wholeMonth(month)) + "/";
    }
  }

  private final Place place;
  private final Supplier<Export> export;
  private final int maxFiles;
  private Export known;

  /// @param place its keys begin with the container
  /// @param export the export that is configured; asked at most once
  AzureExports(Place place, Supplier<Export> export, int maxFiles) {
    this.place = place;
    this.export = export;
    this.maxFiles = maxFiles;
  }

  @Override
  public List<Delivery> deliveries(Wanted wanted) {
    if (known == null) {
      known = export.get();
    }
    List<Place.Item> items = place.list(known.month(wanted.month()));
    Comparator<Place.Item> age =
        Comparator.comparing(Place.Item::modified).thenComparing(Place.Item::key);
    Optional<Place.Item> manifest = items.stream().filter(i -> ends(i, ".json")).max(age);
    if (manifest.isPresent()) {
      return List.of(described(manifest.get(), wanted.month()));
    }
    return items.stream()
        .filter(item -> Manifest.readable(item.key()))
        .max(age)
        .map(item -> List.of(single(item, wanted.month())))
        .orElse(List.of());
  }

  private static boolean ends(Place.Item item, String ending) {
    return item.key().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  private Delivery described(Place.Item item, YearMonth month) {
    JsonNode manifest = Manifest.read(place, item);
    String type = manifest.path("exportConfig").path("type").asText("");
    if (type.toLowerCase(Locale.ROOT).startsWith("focus")) {
      throw new CloudException(
          Problem.UNSUPPORTED,
          "the export writes FOCUS data, which is not supported yet; choose a cost and usage"
              + " export with actual cost");
    }
    var keys = new ArrayList<String>();
    var names = new ArrayList<String>();
    var sizes = new ArrayList<Long>();
    for (JsonNode blob : manifest.path("blobs")) {
      String key = Manifest.path(known.container(), blob.path("blobName").asText(""));
      if (!Manifest.readable(key)) {
        throw new CloudException(
            Problem.UNSUPPORTED,
            "the export file " + key + " is neither CSV, compressed CSV nor Parquet");
      }
      keys.add(key);
      names.add(key.substring(key.lastIndexOf('/') + 1));
      sizes.add(blob.path("byteCount").asLong(-1));
    }
    if (keys.isEmpty()) {
      throw new CloudException(
          Problem.UNREADABLE, "the manifest " + item.key() + " names no blobs");
    }
    if (keys.size() > maxFiles) {
      throw new CloudException(
          Problem.TOO_LARGE,
          "the manifest " + item.key() + " names more than " + maxFiles + " blobs");
    }
    var files = new ArrayList<RemoteFile>();
    List<RemoteFile> found = Manifest.files(place, keys, names);
    for (int i = 0; i < found.size(); i++) {
      RemoteFile file = found.get(i);
      boolean shorter = sizes.get(i) > 0 && file.bytes() >= 0 && file.bytes() < sizes.get(i);
      files.add(shorter ? RemoteFile.absent(file.name(), file.location()) : file);
    }
    return new Delivery(assembly(item), month, item.modified(), Optional.empty(), true, files);
  }

  private Delivery single(Place.Item item, YearMonth month) {
    return new Delivery(
        assembly(item),
        month,
        item.modified(),
        Optional.empty(),
        true,
        List.of(item.as(item.baseName())));
  }

  private static String assembly(Place.Item item) {
    return Manifest.lastUuid(item.key())
        .orElseThrow(
            () ->
                new CloudException(
                    Problem.UNREADABLE, "the name of " + item.key() + " holds no run id (UUID)"));
  }

  /// @param key `{container}/{path}`
  @Override
  public RemoteFile posted(YearMonth month, String key) {
    Place.Item item =
        place
            .find(key.replaceAll("^/+", ""))
            .orElseThrow(() -> new CloudException(Problem.NOT_FOUND, missing(key)));
    return item.as(item.baseName());
  }

  private static String missing(String key) {
    int cut = key.indexOf('/');
    return cut < 0
        ? key + " names no container"
        : "File %s could not be found within container %s."
            .formatted(key.substring(cut + 1), key.substring(0, cut));
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
