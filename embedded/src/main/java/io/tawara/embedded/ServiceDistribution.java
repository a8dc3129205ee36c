package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// A service that runs in a JVM of its own and is too large to come with the program: Maven fetches
/// and builds it once per user and version, from a small project that lies on the class path. After
/// that it starts without a network.
final class ServiceDistribution {
  /// The Hive Metastore: a service name and the files of its project.
  static final ServiceDistribution METASTORE =
      new ServiceDistribution(
          "metastore",
          "Hive Metastore " + EmbeddedMetastore.VERSION + " (about 130 MB)",
          List.of("pom.xml", "src/main/java/io/tawara/services/DirectoryFileSystem.java"));

  /// Trino with the Hive connector.
  static final ServiceDistribution TRINO =
      new ServiceDistribution(
          "trino",
          "Trino " + EmbeddedTrino.VERSION + " (about 320 MB)",
          List.of("pom.xml", "src/main/java/io/tawara/services/TrinoServer.java"));

  private static final Duration LONGEST_FETCH = Duration.ofMinutes(30);

  private final String name;
  private final String title;
  private final List<String> files;

  private ServiceDistribution(String name, String title, List<String> files) {
    this.name = name;
    this.title = title;
    this.files = files;
  }

  /// The folder with `lib/` and what else the build of the service made; fetched when it is not
  /// there yet.
  ///
  /// @param progress is told what happens, one line each
  Path home(Consumer<String> progress) {
    try {
      Path cache = Files.createDirectories(cacheDirectory());
      Path home = cache.resolve(name + "-" + digest());
      if (Files.exists(home.resolve("complete"))) {
        return home;
      }
      progress.accept("fetching " + title + " with Maven, once …");
      long start = System.nanoTime();
      Path project = Files.createTempDirectory(cache, name);
      try {
        build(project);
        Path draft = project.resolve("home");
        Files.createDirectories(draft);
        Files.move(project.resolve("target/lib"), draft.resolve("lib"));
        try (var built = Files.newDirectoryStream(project.resolve("target"), "*.{jar,sql}")) {
          for (Path file : built) {
            Path folder = file.toString().endsWith(".jar") ? draft.resolve("lib") : draft;
            Files.move(file, folder.resolve(file.getFileName()));
          }
        }
        Files.writeString(draft.resolve("complete"), "");
        if (!Files.exists(home)) {
          Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
        }
      } finally {
        Directories.delete(project);
      }
      progress.accept(
          String.format(
              Locale.ROOT, "fetched %s in %.0f s", title, (System.nanoTime() - start) / 1e9));
      return home;
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, title + " cannot be fetched: " + failure.getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(Category.UNAVAILABLE, title + ": interrupted", interrupted);
    }
  }

  private static Path cacheDirectory() {
    String configured = System.getProperty("tawara.cache");
    return configured != null
        ? Path.of(configured)
        : Path.of(System.getProperty("user.home"), ".cache", "tawara");
  }

  private InputStream resource(String file) throws IOException {
    InputStream found =
        ServiceDistribution.class.getResourceAsStream("/services/" + name + "/" + file);
    if (found == null) {
      throw new IOException("services/" + name + "/" + file + " is not on the class path");
    }
    return found;
  }

  /// Tells versions apart: another project gives another folder.
  private String digest() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String file : files) {
        try (InputStream in = resource(file)) {
          digest.update(in.readAllBytes());
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void build(Path project) throws IOException, InterruptedException {
    for (String file : files) {
      Path target = project.resolve(file);
      Files.createDirectories(target.getParent());
      try (InputStream in = resource(file)) {
        Files.copy(in, target);
      }
    }
    Path log = project.resolve("maven.log");
    var command = new ArrayList<>(List.of("mvn", "-q", "-B", "-ntp", "package"));
    var builder = new ProcessBuilder(command).directory(project.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process maven = builder.start();
    if (!maven.waitFor(LONGEST_FETCH)) {
      maven.destroyForcibly();
      throw new IOException("Maven took longer than " + LONGEST_FETCH.toMinutes() + " minutes");
    }
    if (maven.exitValue() != 0) {
      String said = Files.readString(log, StandardCharsets.UTF_8);
      throw new IOException(
          "Maven failed: " + said.substring(0, Math.min(said.length(), 2000)).strip());
    }
  }

  /// The class path of a fetched service.
  static String classPath(Path home) {
    return home.resolve("lib") + "/*";
  }
}
