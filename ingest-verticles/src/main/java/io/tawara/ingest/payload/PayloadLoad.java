package io.tawara.ingest.payload;

import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.ingest.csv.ReadAhead;
import io.tawara.ingest.landing.Landing;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.ledger.Files;
import io.tawara.ingest.ledger.Files.Kind;
import io.tawara.ingest.ledger.Files.State;
import io.tawara.ingest.openshift.PayloadManifest;
import io.tawara.ingest.openshift.UsageReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one staged payload into the tenant's tables: one pass over the archive, every file behind
/// a savepoint of the payload's transaction, so that a bad file costs only itself.
final class PayloadLoad {
  private static final Logger LOG = LoggerFactory.getLogger(PayloadLoad.class);
  private static final int MOST_UNKNOWN_ENTRIES = 100;
  private static final long LARGEST_ASIDE = 64L << 20;

  /// Forwards a file to resource optimisation; returns false when that failed.
  @FunctionalInterface
  interface Forward {
    boolean file(String name, InputStream content, long size) throws IOException;
  }

  /// The bounds of one payload.
  record Bounds(
      long expandedBytes,
      int entries,
      int ratio,
      int groups,
      LocalDate earliest,
      LocalDate latest) {}

  /// How a payload ended.
  ///
  /// @param problem why reading stopped before the end; empty when it did not
  /// @param quarantined files that could not be read
  record Result(int processed, int duplicates, int quarantined, String problem) {}

  private final Path payload;
  private final PayloadStore store;
  private final Connection connection;
  private final Provider provider;
  private final PayloadManifest manifest;
  private final Files.Arrival arrival;
  private final Bounds bounds;
  private final Forward forward;
  private final DailyTables tables;

  private final Set<String> tagKeys = new TreeSet<>();
  private int processed;
  private int duplicates;
  private int quarantined;
  private int unknown;

  PayloadLoad(
      Path payload,
      PayloadStore store,
      Landings landings,
      Landing landing,
      Connection connection,
      Provider provider,
      PayloadManifest manifest,
      Files.Arrival arrival,
      Bounds bounds,
      Forward forward) {
    this.payload = payload;
    this.store = store;
    this.connection = connection;
    this.provider = provider;
    this.manifest = manifest;
    this.arrival = arrival;
    this.bounds = bounds;
    this.forward = forward;
    this.tables =
        new DailyTables(
            landings,
            landing,
            connection,
            provider,
            manifest,
            arrival.manifest(),
            bounds.earliest(),
            bounds.latest());
  }

  Result run() throws SQLException {
    Map<String, State> states = Files.states(connection, arrival.manifest(), Kind.COST);
    String problem = "";
    Savepoint clean = connection.setSavepoint();
    try (var raw = java.nio.file.Files.newInputStream(payload);
        var inflater = BoundedInflater.of(raw, bounds.expandedBytes(), bounds.ratio());
        var archive = new ReadAhead(inflater)) {
      var tar = new TarReader(archive, bounds.entries());
      try {
        Optional<TarReader.Entry> entry;
        while ((entry = tar.next()).isPresent()) {
          entry(entry.get(), tar, archive, states);
        }
        archive.transferTo(OutputStream.nullOutputStream()); // compares the checksum of the whole
      } catch (BrokenArchiveException broken) {
        problem = broken.getMessage();
      } catch (TawaraException broken) {
        if (broken.retryable()) {
          throw broken;
        }
        problem = broken.getMessage();
      }
      if (archive.failed() && inflater.damaged()) {
        connection.rollback(clean);
        tagKeys.clear();
        processed = 0;
      }
    } catch (IOException broken) {
      problem = "the archive cannot be read: " + broken.getMessage();
    }
    Database.leave(connection);
    if (!problem.isEmpty()) {
      LOG.warn("payload of {} broke off: {}", provider.id(), problem);
      brokenOff(problem);
    }
    tables.tagKeys(tagKeys);
    Database.leave(connection);
    return new Result(processed, duplicates, quarantined, problem);
  }

  /// The archive ends here, whatever it was to hold.
  private static final class BrokenArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenArchiveException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private void entry(
      TarReader.Entry entry, TarReader tar, ReadAhead archive, Map<String, State> states)
      throws IOException, SQLException {
    String name = entry.name().startsWith("./") ? entry.name().substring(2) : entry.name();
    if (!entry.good()) {
      quarantined++;
      unknownEntry(name, State.QUARANTINED, "the entry " + entry.problem());
    } else if (name.equals("manifest.json")) {
      return;
    } else if (states.containsKey(name)) {
      State state = states.get(name);
      if (state == State.DONE || state == State.SKIPPED) {
        duplicates++;
      } else {
        states.put(name, costFile(name, tar, archive));
      }
    } else if (manifest.resourceOptimizationFiles().contains(name)) {
      boolean forwarded = forward.file(name, tar.content(), entry.size());
      Database.leave(connection);
      Files.finish(
          connection,
          arrival,
          Kind.RESOURCE_OPTIMIZATION,
          name,
          Files.Outcome.failed(
              forwarded ? State.FORWARDED : State.SKIPPED,
              forwarded ? null : "could not be forwarded",
              null));
    } else {
      unknownEntry(name, State.SKIPPED, "the manifest does not list it");
    }
  }

  private void unknownEntry(String name, State state, String reason) throws SQLException {
    if (unknown++ < MOST_UNKNOWN_ENTRIES) {
      LOG.warn("entry {} of a payload of {}: {}", printable(name), provider.id(), reason);
      Database.leave(connection);
      Files.finish(
          connection, arrival, Kind.ENTRY, name, Files.Outcome.failed(state, reason, null));
    }
  }

  private State costFile(String name, TarReader tar, ReadAhead archive) throws SQLException {
    Savepoint before = connection.setSavepoint();
    MessageDigest digest = sha256();
    String error;
    try {
      tables.file(() -> countHours(name));
      var content = new DigestInputStream(tar.content(), digest);
      UsageReader.Outcome outcome = new UsageReader(tables, bounds.groups()).read(content);
      tables.endFile();
      finished(name, outcome, digest);
      connection.releaseSavepoint(before);
      return outcome.table().isPresent() ? State.DONE : State.SKIPPED;
    } catch (TawaraException failure) {
      if (failure.retryable() || failure.category() == Category.INTERNAL) {
        throw failure;
      }
      error = failure.getMessage();
      connection.rollback(before);
      aside(name, error, archive.failed());
      if (archive.failed()) {
        throw new BrokenArchiveException(error, failure);
      }
    } catch (IOException failure) {
      error = String.valueOf(failure.getMessage());
      connection.rollback(before);
      aside(name, error, true);
      throw new BrokenArchiveException(error, failure);
    } catch (SQLException failure) {
      if (Database.asTawara(failure).category() != Category.INPUT) {
        throw failure;
      }
      error = "its values cannot be stored: " + failure.getMessage();
      connection.rollback(before);
      aside(name, error, false);
    } finally {
      forget();
    }
    return State.QUARANTINED;
  }

  /// Temporary files of a file that could not be read must not hide why it could not.
  private void forget() {
    try {
      tables.forgetFile();
    } catch (IOException | SQLException failure) {
      LOG.warn("temporary files remain", failure);
    }
  }

  private void finished(String name, UsageReader.Outcome outcome, MessageDigest digest)
      throws SQLException {
    tagKeys.addAll(outcome.tagKeys());
    var notes = new java.util.TreeMap<>(outcome.notes());
    notes.putAll(outcome.skipped());
    Database.leave(connection);
    Files.finish(
        connection,
        arrival,
        Kind.COST,
        name,
        new Files.Outcome(
            outcome.table().isPresent() ? State.DONE : State.SKIPPED,
            outcome.table().map(table -> table.reportType()).orElse(null),
            HexFormat.of().formatHex(digest.digest()),
            outcome.bytes(),
            outcome.rowsRead(),
            outcome.rowsWritten(),
            outcome.rowsSkipped(),
            notes,
            outcome.table().isPresent() || outcome.bytes() == 0
                ? null
                : "its columns belong to no known report",
            null));
    processed++;
    LOG.info(
        "{}: {} rows read, {} daily rows written, {} rows left out {}",
        printable(name),
        outcome.rowsRead(),
        outcome.rowsWritten(),
        outcome.rowsSkipped(),
        notes);
  }

  private void aside(String name, String error, boolean archiveBroken) throws SQLException {
    quarantined++;
    LOG.warn("{} of provider {} is put aside: {}", printable(name), provider.id(), error);
    String key = archiveBroken ? null : keepAside(name, error);
    Database.leave(connection);
    Files.finish(
        connection, arrival, Kind.COST, name, Files.Outcome.failed(State.QUARANTINED, error, key));
  }

  /// Extracts the bad file once more, if it is of a reasonable size, and keeps it.
  private String keepAside(String name, String error) {
    Path copy = null;
    try {
      copy = java.nio.file.Files.createTempFile("tawara", ".aside");
      Path target = copy;
      boolean kept =
          reread(
              name,
              (content, size) -> {
                if (size > LARGEST_ASIDE) {
                  return false;
                }
                try (OutputStream out = java.nio.file.Files.newOutputStream(target)) {
                  content.transferTo(out);
                }
                return true;
              });
      return kept
          ? store.quarantine(
              provider.tenant().name(), String.valueOf(arrival.requestId()), name, copy, error)
          : null;
    } catch (IOException failure) {
      LOG.warn("{} could not be put aside", printable(name), failure);
      return null;
    } finally {
      delete(copy);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        java.nio.file.Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      LOG.warn("temporary file {} remains", file, failure);
    }
  }

  private interface Reader<T> {
    T read(InputStream content, long size) throws IOException;
  }

  private <T> T reread(String name, Reader<T> reader) throws IOException {
    try (var raw = java.nio.file.Files.newInputStream(payload);
        var inflater = BoundedInflater.of(raw, bounds.expandedBytes(), bounds.ratio())) {
      var tar = new TarReader(inflater, bounds.entries());
      Optional<TarReader.Entry> entry;
      while ((entry = tar.next()).isPresent()) {
        if (entry.get().good()
            && (entry.get().name().equals(name) || entry.get().name().equals("./" + name))) {
          return reader.read(tar.content(), entry.get().size());
        }
      }
    }
    throw new IOException("the entry is gone");
  }

  private Map<LocalDate, Integer> countHours(String name) {
    try {
      return reread(name, (content, size) -> UsageReader.intervalsPerDay(content));
    } catch (IOException failure) {
      throw new TawaraException(Category.INPUT, "hours cannot be counted", failure);
    }
  }

  /// Files that the broken part was to hold will not come with this payload any more.
  private void brokenOff(String problem) throws SQLException {
    quarantined++;
    String key =
        store.quarantine(
            provider.tenant().name(),
            String.valueOf(arrival.requestId()),
            "payload.tar.gz",
            payload,
            problem);
    Files.finish(
        connection,
        arrival,
        Kind.PAYLOAD,
        "payload " + arrival.requestId(),
        Files.Outcome.failed(State.QUARANTINED, problem, key));
    List<String> missing = new ArrayList<>();
    Files.states(connection, arrival.manifest(), Kind.COST)
        .forEach(
            (name, state) -> {
              if (state == State.EXPECTED) {
                missing.add(name);
              }
            });
    for (String name : missing) {
      Files.finish(
          connection,
          arrival,
          Kind.COST,
          name,
          Files.Outcome.failed(State.QUARANTINED, "the payload broke off: " + problem, key));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new TawaraException(Category.INTERNAL, "no SHA-256", impossible);
    }
  }

  /// Names come from outside: no line breaks in logs.
  private static String printable(String name) {
    String clean = name.replaceAll("[^\\x20-\\x7E]", "?");
    return clean.length() > 200 ? clean.substring(0, 200) : clean;
  }
}
