package io.tawara.embedded;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL 18 server on loopback, a child of this process. Tawara logs in as the role
/// `tawara`, which is no superuser and therefore stands before the second tenancy wall; the
/// superuser only makes that role and its database.
///
/// A server that outlived its killed parent is stopped (its data are safe: the log is replayed)
/// before a new one starts on the same directory.
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String ROLE = "tawara";
  private static final String SUPERUSER = "postgres";
  private static final int MAJOR = 18;
  private static final int POOL = 10;
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Pattern DATABASE_NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  /// @param directory holds data, secrets and log of this server
  /// @param port 0 for a free one
  /// @param durable whether committed data survive a power cut (fsync); off only for tests
  public record Settings(Path directory, int port, boolean durable) {}

  private final Path directory;
  private final Path data;
  private final int port;
  private final String superuserPassword;
  private final String password;
  private final Process process;
  private final AtomicInteger databases = new AtomicInteger();

  private EmbeddedPostgres(Settings settings) throws IOException, InterruptedException {
    this.directory = settings.directory().toAbsolutePath().normalize();
    this.data = directory.resolve("data");
    Files.createDirectories(directory);
    this.superuserPassword = Secrets.of(directory, SUPERUSER);
    this.password = Secrets.of(directory, ROLE);
    Path home = PostgresBinaries.home();
    List<String> prefix = unprivileged();
    stopOrphan();
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      initialise(home, prefix);
    }
    refuseOtherMajor();
    try (Ports.Claim any = Ports.claim()) {
      this.port = settings.port() == 0 ? any.port() : settings.port();
      this.process = launch(home, prefix, settings.durable());
      try {
        awaitReady();
        bootstrap();
      } catch (RuntimeException | InterruptedException | IOException failure) {
        close();
        throw failure;
      }
    }
  }

  /// Starts the server and returns when it takes connections.
  public static EmbeddedPostgres start(Settings settings) {
    try {
      return new EmbeddedPostgres(settings);
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL: " + failure.getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL: start interrupted", interrupted);
    }
  }

  /// How Tawara reaches its database.
  public DatabaseConfig config() {
    return config(ROLE);
  }

  private DatabaseConfig config(String database) {
    return new DatabaseConfig("127.0.0.1", port, database, ROLE, password, POOL);
  }

  /// How the superuser reaches a database: only for tests of the walls themselves.
  public DatabaseConfig superuserConfig(String database) {
    return new DatabaseConfig("127.0.0.1", port, database, SUPERUSER, superuserPassword, 2);
  }

  public int port() {
    return port;
  }

  /// Makes a new empty database on this server, owned by Tawara's role.
  ///
  /// @param hint begins the name: lower-case letters, digits and underscores
  public DatabaseConfig freshDatabase(String hint) {
    String name = hint + "_" + databases.incrementAndGet();
    if (!DATABASE_NAME.matcher(name).matches()) {
      throw new TawaraException(Category.INPUT, "not a database name: " + name);
    }
    try (Connection connection = superuser();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name + " owner " + ROLE);
      return config(name);
    } catch (SQLException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL: new database " + name, failure);
    }
  }

  /// The database of this name, owned by Tawara's role; made when it does not exist.
  ///
  /// @param name lower-case letters, digits and underscores
  public DatabaseConfig ensureDatabase(String name) {
    if (!DATABASE_NAME.matcher(name).matches()) {
      throw new TawaraException(Category.INPUT, "not a database name: " + name);
    }
    try (Connection connection = superuser();
        var statement = connection.createStatement()) {
      boolean missing;
      try (var rows =
          statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
        missing = !rows.next();
      }
      if (missing) {
        statement.execute("create database " + name + " owner " + ROLE);
      }
      return config(name);
    } catch (SQLException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL: database " + name, failure);
    }
  }

  /// PostgreSQL refuses to run as root: then it gets a user namespace, or another user.
  private List<String> unprivileged() throws IOException, InterruptedException {
    boolean root = "root".equals(System.getProperty("user.name"));
    if (!root) {
      return List.of();
    }
    if (succeeds("unshare", "-U", "true")) {
      return List.of("unshare", "-U", "--");
    }
    if (!succeeds("chown", "-R", "65534:65534", directory.toString())) {
      throw new IOException("cannot give " + directory + " to an unprivileged user");
    }
    return List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
  }

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      LOG.debug("{} cannot be run", command[0], missing);
      return false;
    }
  }

  private void initialise(Path home, List<String> prefix) throws IOException, InterruptedException {
    // Made beside its place and renamed: a kill during initdb leaves no half data directory.
    Path draft = directory.resolve("data.draft");
    Directories.delete(draft);
    Path passwordFile = directory.resolve(SUPERUSER + ".secret");
    var command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            home.resolve("bin/initdb").toString(),
            "--pgdata=" + draft,
            "--username=" + SUPERUSER,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync"));
    Process initdb =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    if (initdb.waitFor() != 0) {
      throw new IOException("initdb failed, see " + log());
    }
    Files.move(draft, data);
  }

  private Path log() {
    return directory.resolve("postgres.log");
  }

  private void refuseOtherMajor() throws IOException {
    String found = Files.readString(data.resolve("PG_VERSION")).strip();
    if (!found.equals(Integer.toString(MAJOR))) {
      throw new IOException(
          "%s holds data of PostgreSQL %s, this program brings %d".formatted(data, found, MAJOR));
    }
  }

  private Process launch(Path home, List<String> prefix, boolean durable) throws IOException {
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    var command = new ArrayList<>(prefix);
    command.addAll(List.of(home.resolve("bin/postgres").toString(), "-D", data.toString()));
    var settings =
        new ArrayList<>(
            List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=",
                "max_connections=100",
                "shared_buffers=128MB",
                "work_mem=16MB",
                "maintenance_work_mem=128MB",
                "max_locks_per_transaction=256",
                "wal_level=minimal",
                "max_wal_senders=0",
                "max_wal_size=2GB",
                "checkpoint_timeout=15min",
                // A statement whose client was killed ends soon, instead of going on for nobody.
                "client_connection_check_interval=5s",
                "jit=off",
                "timezone=UTC",
                "log_timezone=UTC",
                "log_min_messages=warning",
                "log_min_error_statement=panic"));
    if (!durable) {
      settings.addAll(List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off"));
    }
    for (String setting : settings) {
      command.add("-c");
      command.add(setting);
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  /// The last line of postmaster.pid tells the state of the server.
  private void awaitReady() throws InterruptedException, IOException {
    Path state = data.resolve("postmaster.pid");
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IOException("the server ended at once, see " + log());
      }
      if (Files.exists(state)) {
        List<String> lines = Files.readAllLines(state);
        boolean ours =
            !lines.isEmpty() && lines.getFirst().strip().equals(Long.toString(process.pid()));
        if (ours && lines.size() >= 8 && lines.get(7).strip().equals("ready")) {
          return;
        }
      }
      Thread.sleep(10);
    }
    throw new IOException("the server was not ready after " + START + ", see " + log());
  }

  private Connection superuser() throws SQLException {
    return DriverManager.getConnection(
        superuserConfig(SUPERUSER).jdbcUrl(), SUPERUSER, superuserPassword);
  }

  private void bootstrap() {
    Path done = directory.resolve("bootstrapped");
    if (Files.exists(done)) {
      return;
    }
    try (Connection connection = superuser();
        var statement = connection.createStatement()) {
      try (var rows =
          statement.executeQuery("select 1 from pg_roles where rolname = '" + ROLE + "'")) {
        if (!rows.next()) {
          // The password is hexadecimal text of our own making.
          statement.execute(
              "create role %s login nosuperuser createrole password '%s'"
                  .formatted(ROLE, password));
        }
      }
      try (var rows =
          statement.executeQuery("select 1 from pg_database where datname = '" + ROLE + "'")) {
        if (!rows.next()) {
          statement.execute("create database " + ROLE + " owner " + ROLE);
        }
      }
      Files.writeString(done, "");
    } catch (SQLException | IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL: first login failed: " + failure, failure);
    }
  }

  private void stopOrphan() throws IOException, InterruptedException {
    Path state = data.resolve("postmaster.pid");
    if (!Files.exists(state)) {
      return;
    }
    List<String> lines = Files.readAllLines(state);
    Optional<ProcessHandle> orphan =
        lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,9}")
            ? Optional.empty()
            : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(this::servesOurData);
    if (orphan.isPresent()) {
      LOG.info("stopping the PostgreSQL server that a killed Tawara left behind");
      interrupt(orphan.get());
    }
  }

  /// A process id may have been given to somebody else meanwhile.
  private boolean servesOurData(ProcessHandle handle) {
    return handle
            .info()
            .arguments()
            .map(arguments -> List.of(arguments).contains(data.toString()))
            .orElse(false)
        && handle.isAlive();
  }

  /// Fast shutdown: running statements are ended, everything committed is kept.
  private static void interrupt(ProcessHandle handle) throws IOException, InterruptedException {
    signal(handle, "INT");
    if (!ended(handle, STOP)) {
      signal(handle, "QUIT");
      if (!ended(handle, STOP)) {
        handle.destroyForcibly();
      }
    }
  }

  private static void signal(ProcessHandle handle, String name)
      throws IOException, InterruptedException {
    if (!succeeds("kill", "-" + name, Long.toString(handle.pid()))) {
      LOG.debug("process {} did not take signal {}", handle.pid(), name);
    }
  }

  private static boolean ended(ProcessHandle handle, Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (handle.isAlive() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return !handle.isAlive();
  }

  @Override
  public void close() {
    try {
      interrupt(process.toHandle());
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded PostgreSQL could not be stopped", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
