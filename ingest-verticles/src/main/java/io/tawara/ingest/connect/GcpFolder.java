package io.tawara.ingest.connect;

import java.io.InputStream;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Files of a BigQuery billing export in a folder, for development (`data-formats` §6.1):
/// `{YYYYMM}_{etag}_{start}:{end}.csv`, end exclusive. They are read and stay.
final class GcpFolder implements Connector {
  private static final Pattern FILE =
      Pattern.compile(
          "(\\d{6})_(.+)_(\\d{4}-\\d{2}-\\d{2}):(\\d{4}-\\d{2}-\\d{2})\\.csv(?:\\.gz)?");

  private final Place place;
  private final UUID source;

  GcpFolder(Place place, UUID source) {
    this.place = place;
    this.source = source;
  }

  @Override
  public List<Delivery> deliveries(Wanted wanted) {
    String month = "%04d%02d".formatted(wanted.month().getYear(), wanted.month().getMonthValue());
    Map<String, Delivery> newest = new LinkedHashMap<>();
    var items = new ArrayList<>(place.list(""));
    items.sort(Comparator.comparing(Place.Item::modified).thenComparing(Place.Item::key));
    for (Place.Item item : items) {
      Matcher name = FILE.matcher(item.baseName());
      if (name.matches() && name.group(1).equals(month)) {
        String assembly = name.group(3) + "|" + name.group(4) + "|" + source;
        newest.put(
            assembly,
            new Delivery(
                assembly,
                wanted.month(),
                item.modified(),
                Optional.empty(),
                false,
                List.of(item.as(item.baseName()))));
      }
    }
    return List.copyOf(newest.values());
  }

  @Override
  public RemoteFile posted(YearMonth month, String key) {
    Place.Item item =
        place
            .find(key.replaceAll("^/+", ""))
            .orElseThrow(
                () -> new CloudException(Problem.NOT_FOUND, key + " is not in " + place.name()));
    return item.as(item.baseName());
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
