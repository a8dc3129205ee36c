package io.tawara.ingest.payload;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.ingest.openshift.PayloadManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the manifest of a staged payload. Everything that is wrong with it is an [Category#INPUT]
/// or [Category#LIMIT] error that says what.
public final class ManifestReader {
  private static final long LARGEST = 10L << 20;

  private final long expandedBytes;
  private final int entries;

  public ManifestReader(long expandedBytes, int entries) {
    this.expandedBytes = expandedBytes;
    this.entries = entries;
  }

  public PayloadManifest read(Path payload) {
    try (var raw = Files.newInputStream(payload);
        var inflater = BoundedInflater.of(raw, expandedBytes, Payloads.HIGHEST_RATIO)) {
      var tar = new TarReader(inflater, entries);
      Optional<TarReader.Entry> entry;
      while ((entry = tar.next()).isPresent()) {
        String name = entry.get().name();
        if (entry.get().good()
            && (name.equals("manifest.json") || name.equals("./manifest.json"))) {
          if (entry.get().size() > LARGEST) {
            throw new TawaraException(
                Category.LIMIT, "manifest.json is larger than " + LARGEST + " bytes");
          }
          return PayloadManifest.parse(tar.content().readAllBytes());
        }
      }
    } catch (IOException broken) {
      throw new TawaraException(
          Category.INPUT, "is no readable tar.gz: " + broken.getMessage(), broken);
    }
    throw new TawaraException(Category.INPUT, "holds no manifest.json");
  }
}
