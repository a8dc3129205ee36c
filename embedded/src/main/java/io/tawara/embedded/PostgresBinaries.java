package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// The PostgreSQL programs (initdb, pg_ctl, postgres), unpacked once per user and version from the
/// archive on the class path.
final class PostgresBinaries {
  private PostgresBinaries() {}

  /// The folder that holds `bin/postgres`.
  static Path home() {
    String archive = "postgres-%s-%s.txz".formatted(system(), architecture());
    var resource = PostgresBinaries.class.getClassLoader().getResource(archive);
    if (resource == null) {
      throw new TawaraException(
          Category.UNAVAILABLE,
          "no embedded PostgreSQL for this platform ("
              + archive
              + "); set DATABASE_SERVICE_HOST to an external one");
    }
    try {
      var connection = resource.openConnection();
      connection.setUseCaches(false);
      Path cache = cache();
      // The size tells archives of different versions apart without reading them.
      Path home = cache.resolve("postgres-" + connection.getContentLengthLong());
      if (Files.isExecutable(home.resolve("bin/postgres"))) {
        connection.getInputStream().close();
        return home;
      }
      Path draft = Files.createTempDirectory(cache, "unpacking");
      try (InputStream packed = connection.getInputStream()) {
        unpack(packed, draft);
      }
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
      try {
        Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (DirectoryNotEmptyException
          | FileAlreadyExistsException
          | AtomicMoveNotSupportedException other) {
        // Another process was faster: use its folder.
        Directories.delete(draft);
      }
      return home;
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL cannot be unpacked: " + failure, failure);
    }
  }

  private static Path cache() throws IOException {
    String configured = System.getProperty("tawara.cache");
    Path cache =
        configured != null
            ? Path.of(configured)
            : Path.of(System.getProperty("user.home"), ".cache", "tawara");
    return Files.createDirectories(cache);
  }

  private static void unpack(InputStream packed, Path target) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("entry leaves the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path,
              executable
                  ? PosixFilePermissions.fromString("rwxr-xr-x")
                  : PosixFilePermissions.fromString("rw-r--r--"));
        }
      }
    }
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.contains("mac") ? "darwin" : name.contains("win") ? "windows" : "linux";
  }

  private static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return Set.of("aarch64", "arm64").contains(name) ? "arm_64" : "x86_64";
  }
}
