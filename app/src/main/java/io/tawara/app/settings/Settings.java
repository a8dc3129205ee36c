package io.tawara.app.settings;

import io.tawara.app.settings.Setting.Section;
import io.tawara.core.config.Parity;
import io.tawara.core.provider.ProviderType;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that can be set, in the order of the documentation. A room that wants a setting adds
/// one line here and reads it in [Configuration].
///
/// Names that Koku's operators know keep their name and meaning; ours begin with `TAWARA_`.
public final class Settings {
  // The process -------------------------------------------------------------------------------

  public static final Setting<String> HOST =
      standard(
          Section.PROCESS,
          "TAWARA_HOST",
          Kind.host("0.0.0.0"),
          "127.0.0.1",
          "The address that both ports listen on. Tawara does not authenticate anybody: put it"
              + " behind a gateway that sets `x-rh-identity`.");
  public static final Setting<Integer> PORT =
      standard(Section.PROCESS, "TAWARA_PORT", Kind.port(), "8000", "The port of the public API.");
  public static final Setting<Integer> INTERNAL_PORT =
      standard(
          Section.PROCESS,
          "TAWARA_INTERNAL_PORT",
          Kind.port(),
          "5042",
          "The port of the internal API, probes and metrics. It asks for no identity: keep it"
              + " closed to the outside.");
  public static final Setting<Path> DATA_DIRECTORY =
      standard(
          Section.PROCESS,
          "TAWARA_DATA_DIR",
          Kind.path("/var/lib/tawara"),
          ".tawara",
          "Holds the data of the embedded services, secrets and staged files.");
  public static final Setting<Instant> NOW =
      optional(
          Section.PROCESS,
          "TAWARA_NOW",
          Kind.instant(),
          "Business time begins with this instant at start and goes on from there, for replays."
              + " Leases and retries keep to real time.");
  public static final Setting<Integer> EVENT_LOOPS =
      optional(
          Section.PROCESS,
          "TAWARA_EVENT_LOOPS",
          Kind.whole(1, 256, 2),
          "Threads that carry HTTP; without it one per core.");
  public static final Setting<String> CREDENTIAL_KEYS =
      optional(
              Section.PROCESS,
              "TAWARA_CREDENTIAL_KEYS",
              Kind.matching(
                  "id:base64 of 32 bytes, more of them after commas, the active one first",
                  "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                  "[^:,]+:[A-Za-z0-9+/]{43}=(,[^:,]+:[A-Za-z0-9+/]{43}=)*"),
              "Keys that encrypt credentials of sources. Without it a key is made once in the data"
                  + " directory; with an external database it has to be set.")
          .hidden();

  // What it does ------------------------------------------------------------------------------

  public static final Setting<Boolean> ONPREM =
      optional(
          Section.MODE,
          "ONPREM",
          Kind.flag(),
          "On-prem mode (`true`) or cloud mode (`false`); `--mode` and `TAWARA_MODE` say the"
              + " same.");
  public static final Setting<Mode> MODE =
      optional(
          Section.MODE,
          "TAWARA_MODE",
          Kind.choice(Mode.class, Mode.ONPREM),
          "`onprem`: line items in PostgreSQL, Tawara owns the sources. `cloud`: line items as"
              + " Parquet, summarised by Trino; Platform Sources owns the sources. Without it"
              + " `ONPREM` decides, else `onprem`.");
  public static final Setting<Set<Role>> ROLES =
      standard(
          Section.MODE,
          "TAWARA_ROLES",
          Kind.choices(Role.class),
          "gateway,listener,worker",
          "What this process does. Several processes with external services share the work.");
  public static final Setting<Boolean> DEVELOPMENT =
      standard(
          Section.MODE,
          "DEVELOPMENT",
          Kind.flag(),
          "false",
          "Sources can be written in cloud mode, the `-local` types read folders of this machine,"
              + " no validation replies. An identity is never invented.");
  public static final Setting<Set<String>> ONPREM_PROVIDERS =
      standard(
          Section.MODE,
          "ONPREM_PROVIDERS",
          new Kind<>(
              "some of OCP, AWS, Azure, GCP, with commas",
              "OCP,AWS",
              text -> {
                Optional<Set<String>> names = Kind.texts("").read().apply(text);
                return names.filter(
                    all ->
                        !all.isEmpty()
                            && all.stream()
                                .allMatch(
                                    name ->
                                        ProviderType.ofName(name)
                                            .filter(type -> !type.isLocal())
                                            .isPresent()));
              }),
          "OCP,AWS,Azure,GCP",
          "Types of sources that on-prem mode takes. `OCP` alone answers as Koku does on-prem.");
  public static final Setting<Set<Parity>> PARITY =
      standard(
          Section.MODE,
          "KOKU_PARITY",
          Kind.parities(),
          "none",
          "Defects of Koku that change figures and shall stay: see `docs/differences.md`.");

  // Access ------------------------------------------------------------------------------------

  public static final Setting<Boolean> ENHANCED_ORG_ADMIN =
      standard(
          Section.ACCESS,
          "ENHANCED_ORG_ADMIN",
          Kind.flag(),
          "false",
          "Organisation administrators may do everything without asking the role service.");
  public static final Setting<String> API_PATH_PREFIX =
      standard(
          Section.ACCESS,
          "API_PATH_PREFIX",
          Kind.matching("a path", "/api/cost-management", "(/[A-Za-z0-9._-]+)+"),
          "/api/cost-management",
          "What stands before `/v1/`.");
  public static final Setting<String> SCHEMA_SUFFIX =
      standard(
          Section.ACCESS,
          "SCHEMA_SUFFIX",
          Kind.matching("letters, digits and underscores", "_test", "[a-z0-9_]{0,20}"),
          "",
          "Appended to organisation ids in names of schemas.");
  public static final Setting<String> RBAC_PROTOCOL =
      standard(
          Section.ACCESS,
          "RBAC_SERVICE_PROTOCOL",
          Kind.matching("http or https", "https", "https?"),
          "http",
          "How the role service is spoken to.");
  public static final Setting<String> RBAC_HOST =
      standard(
          Section.ACCESS, "RBAC_SERVICE_HOST", Kind.host("rbac"), "localhost", "The role service.");
  public static final Setting<Integer> RBAC_PORT =
      standard(Section.ACCESS, "RBAC_SERVICE_PORT", Kind.port(), "8111", "Its port.");
  public static final Setting<String> RBAC_PATH =
      standard(
          Section.ACCESS,
          "RBAC_SERVICE_PATH",
          Kind.matching("a path", "/r/insights/platform/rbac/v1/access/", "/[A-Za-z0-9._/-]*"),
          "/r/insights/platform/rbac/v1/access/",
          "Its path; `?application=cost-management&limit=100` is appended.");
  public static final Setting<Duration> RBAC_CACHE =
      standard(
          Section.ACCESS,
          "RBAC_CACHE_TTL",
          Kind.duration("30"),
          "30",
          "How long what a user may do is remembered, per organisation and user.");
  public static final Setting<Duration> RBAC_TIMEOUT =
      standard(
          Section.ACCESS,
          "RBAC_SERVICE_TIMEOUT",
          Kind.duration("5"),
          "5",
          "How long one answer is waited for; no answer is 424, never access.");

  // PostgreSQL --------------------------------------------------------------------------------

  public static final Setting<String> DATABASE_HOST =
      optional(
              Section.DATABASE,
              "DATABASE_HOST",
              Kind.host("postgres"),
              "An external PostgreSQL 16 or newer. Without it one is embedded.")
          .alias("DATABASE_SERVICE_HOST", "POSTGRES_SQL_SERVICE_HOST");
  public static final Setting<Integer> DATABASE_PORT =
      standard(Section.DATABASE, "DATABASE_PORT", Kind.port(), "5432", "Its port.")
          .alias("DATABASE_SERVICE_PORT", "POSTGRES_SQL_SERVICE_PORT");
  public static final Setting<String> DATABASE_NAME =
      standard(Section.DATABASE, "DATABASE_NAME", Kind.text("koku"), "koku", "The database.");
  public static final Setting<String> DATABASE_USER =
      standard(
          Section.DATABASE,
          "DATABASE_USER",
          Kind.text("koku"),
          "koku",
          "The login role; it needs `CREATEROLE` and the right to make schemas, and must not be a"
              + " superuser, or the wall between tenants in the database does not stand.");
  public static final Setting<String> DATABASE_PASSWORD =
      optional(
              Section.DATABASE,
              "DATABASE_PASSWORD",
              Kind.text("…"),
              "Its password; required with `DATABASE_HOST`.")
          .hidden();
  public static final Setting<Integer> DATABASE_POOL =
      standard(
          Section.DATABASE,
          "TAWARA_DATABASE_POOL",
          Kind.whole(2, 500, 10),
          "10",
          "Connections for writing and for work at most; reads have as many again.");

  // Kafka -------------------------------------------------------------------------------------

  public static final Setting<Boolean> KAFKA_CONNECT =
      standard(
          Section.KAFKA,
          "KAFKA_CONNECT",
          Kind.flag(),
          "true",
          "Whether announced payloads are consumed.");
  public static final Setting<String> KAFKA_HOST =
      optional(
          Section.KAFKA,
          "INSIGHTS_KAFKA_HOST",
          Kind.host("kafka"),
          "An external Kafka. Without it one is embedded.");
  public static final Setting<Integer> KAFKA_PORT =
      standard(Section.KAFKA, "INSIGHTS_KAFKA_PORT", Kind.port(), "29092", "Its port.");
  public static final Setting<String> KAFKA_MECHANISM =
      optional(
          Section.KAFKA,
          "KAFKA_SASL_MECHANISM",
          Kind.matching(
              "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
              "SCRAM-SHA-512",
              "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512"),
          "Log in with this mechanism.");
  public static final Setting<String> KAFKA_PROTOCOL =
      standard(
          Section.KAFKA,
          "KAFKA_SECURITY_PROTOCOL",
          Kind.matching(
              "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
              "SASL_SSL",
              "PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL"),
          "SASL_SSL",
          "Used when `KAFKA_SASL_MECHANISM` or `KAFKA_SSL_CA_LOCATION` is set, else plain text.");
  public static final Setting<String> KAFKA_USERNAME =
      optional(Section.KAFKA, "KAFKA_SASL_USERNAME", Kind.text("tawara"), "The user.");
  public static final Setting<String> KAFKA_PASSWORD =
      optional(Section.KAFKA, "KAFKA_SASL_PASSWORD", Kind.text("…"), "The password.").hidden();
  public static final Setting<Path> KAFKA_CERTIFICATES =
      optional(
          Section.KAFKA,
          "KAFKA_SSL_CA_LOCATION",
          Kind.path("/etc/kafka/ca.pem"),
          "A PEM file with the certificates that are trusted.");

  // Object store ------------------------------------------------------------------------------

  public static final Setting<String> S3_ENDPOINT =
      optional(
          Section.OBJECTS,
          "S3_ENDPOINT",
          Kind.matching(
              "an address; without a scheme https",
              "https://s3.us-east-1.amazonaws.com",
              "(https?://)?[A-Za-z0-9._:\\[\\]-]+/?"),
          "An external S3-compatible store. Without it one is embedded.");
  public static final Setting<String> S3_REGION =
      standard(Section.OBJECTS, "S3_REGION", Kind.text("us-east-1"), "us-east-1", "Its region.");
  public static final Setting<String> S3_ACCESS_KEY =
      optional(
              Section.OBJECTS,
              "S3_ACCESS_KEY",
              Kind.text("…"),
              "The access key; required with `S3_ENDPOINT`.")
          .hidden();
  public static final Setting<String> S3_SECRET =
      optional(
              Section.OBJECTS,
              "S3_SECRET",
              Kind.text("…"),
              "The secret key; required with `S3_ENDPOINT`.")
          .hidden();
  public static final Setting<String> S3_BUCKET =
      optional(
          Section.OBJECTS,
          "S3_BUCKET_NAME",
          Kind.matching("a bucket name", "koku-bucket", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
          "The bucket of cost data and of resource optimisation.");
  public static final Setting<String> COST_BUCKET =
      standard(
          Section.OBJECTS,
          "REQUESTED_BUCKET",
          Kind.matching("a bucket name", "koku-report", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
          "koku-report",
          "The bucket of cost data when `S3_BUCKET_NAME` is not set.");
  public static final Setting<String> ROS_BUCKET =
      standard(
          Section.OBJECTS,
          "REQUESTED_ROS_BUCKET",
          Kind.matching("a bucket name", "ros-report", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
          "ros-report",
          "The bucket of resource optimisation when `S3_BUCKET_NAME` is not set.");

  // Metastore and Trino -----------------------------------------------------------------------

  public static final Setting<String> METASTORE_HOST =
      optional(
          Section.CLOUD_SERVICES,
          "HIVE_METASTORE_HOST",
          Kind.host("hive-metastore"),
          "An external Hive Metastore. Without it one is started beside Tawara.");
  public static final Setting<Integer> METASTORE_PORT =
      standard(
          Section.CLOUD_SERVICES, "HIVE_METASTORE_PORT", Kind.port(), "9083", "Its Thrift port.");
  public static final Setting<String> TRINO_HOST =
      optional(
          Section.CLOUD_SERVICES,
          "TRINO_HOST",
          Kind.host("trino"),
          "An external Trino. Without it one is started beside Tawara.");
  public static final Setting<Integer> TRINO_PORT =
      standard(Section.CLOUD_SERVICES, "TRINO_PORT", Kind.port(), "8080", "Its port.");
  public static final Setting<String> TRINO_USER =
      standard(
          Section.CLOUD_SERVICES,
          "TRINO_USER",
          Kind.text("tawara"),
          "tawara",
          "Who Tawara is there.");
  public static final Setting<String> TRINO_CATALOG =
      standard(
          Section.CLOUD_SERVICES,
          "TRINO_DEFAULT_CATALOG",
          Kind.matching("a catalog name", "hive", "[a-z][a-z0-9_]{0,62}"),
          "hive",
          "The catalog of line items.");

  // Platform Sources --------------------------------------------------------------------------

  public static final Setting<String> SOURCES_HOST =
      standard(
          Section.SOURCES,
          "SOURCES_API_SVC_HOST",
          Kind.host("sources-api"),
          "localhost",
          "Platform Sources.");
  public static final Setting<Integer> SOURCES_PORT =
      standard(Section.SOURCES, "SOURCES_API_SVC_PORT", Kind.port(), "3000", "Its port.");
  public static final Setting<String> SOURCES_PREFIX =
      standard(
          Section.SOURCES,
          "SOURCES_API_PREFIX",
          Kind.matching("a path", "/api/sources/v1.0", "(/[A-Za-z0-9._-]+)+"),
          "/api/sources/v1.0",
          "The path of its public API.");
  public static final Setting<String> SOURCES_INTERNAL_PREFIX =
      standard(
          Section.SOURCES,
          "SOURCES_INTERNAL_API_PREFIX",
          Kind.matching("a path", "/internal/v1.0", "(/[A-Za-z0-9._-]+)+"),
          "/internal/v1.0",
          "The path of its internal API.");
  public static final Setting<String> SOURCES_KEY =
      standard(
              Section.SOURCES,
              "SOURCES_PSK",
              Kind.text("…"),
              "sources-psk",
              "The key that is shared with it.")
          .hidden();
  public static final Setting<String> SOURCES_PROBE =
      optional(
          Section.SOURCES,
          "SOURCES_PROBE_HEADER",
          Kind.text("base64 of an identity"),
          "Whose identity the first contact carries; without it account and organisation"
              + " `12345`.");
  public static final Setting<Duration> SOURCES_TIMEOUT =
      standard(
          Section.SOURCES,
          "TAWARA_SOURCES_TIMEOUT",
          Kind.duration("10"),
          "10",
          "How long one answer of it is waited for.");

  // Payloads ----------------------------------------------------------------------------------

  public static final Setting<Long> UPLOAD_LIMIT =
      standard(
          Section.INGEST,
          "TAWARA_MAX_UPLOAD",
          Kind.size("1GB"),
          "1GB",
          "The largest payload, compressed.");
  public static final Setting<Long> EXPANDED_LIMIT =
      standard(
          Section.INGEST,
          "TAWARA_MAX_EXPANDED",
          Kind.size("32GB"),
          "32GB",
          "The most that may come out of one payload.");
  public static final Setting<Integer> ENTRY_LIMIT =
      standard(
          Section.INGEST,
          "TAWARA_MAX_ENTRIES",
          Kind.whole(1, 1_000_000, 10_000),
          "10000",
          "Files in one payload at most.");
  public static final Setting<Set<String>> PAYLOAD_HOSTS =
      standard(
          Section.INGEST,
          "TAWARA_PAYLOAD_HOSTS",
          Kind.texts("storage.example.com,10.0.0.7:9000"),
          "",
          "Hosts that payloads may be fetched from beside the object store, as host or host:port.");
  public static final Setting<Duration> DOWNLOAD_TIMEOUT =
      standard(
          Section.INGEST,
          "TAWARA_DOWNLOAD_TIMEOUT",
          Kind.duration("10m"),
          "10m",
          "How long one payload may take to fetch.");
  public static final Setting<Set<String>> DENIED_ORGANISATIONS =
      standard(
          Section.INGEST,
          "TAWARA_DENIED_ORGANISATIONS",
          Kind.texts("1234567"),
          "",
          "Organisations whose payloads are refused.");
  public static final Setting<Duration> URL_LIFETIME =
      standard(
          Section.INGEST,
          "TAWARA_PAYLOAD_URL_EXPIRATION",
          Kind.duration("24h"),
          "24h",
          "How long the announced address of a payload works.");
  public static final Setting<String> UPLOAD_TOPIC =
      standard(
          Section.INGEST,
          "UPLOAD_TOPIC",
          Kind.matching("a topic name", "platform.upload.announce", "[A-Za-z0-9._-]{1,249}"),
          "platform.upload.announce",
          "Where payloads are announced.");
  public static final Setting<Integer> PARALLEL_WORK =
      optional(
          Section.INGEST,
          "TAWARA_PARALLEL_WORK",
          Kind.whole(1, 256, 4),
          "How many sources are worked on at once; without it one per core, two at least.");
  public static final Setting<Duration> RETRY =
      standard(
          Section.INGEST,
          "RETRY_SECONDS",
          Kind.duration("10"),
          "10",
          "How long a message waits that cannot be taken over now.");
  public static final Setting<Duration> DELIVERY_PATIENCE =
      standard(
          Section.INGEST,
          "TAWARA_DELIVERY_PATIENCE",
          Kind.duration("1h"),
          "1h",
          "How long after its last file a cluster's delivery waits for files that its manifest"
              + " names, before it is summarised without them.");
  public static final Setting<Boolean> DISABLE_ROS =
      standard(
          Section.INGEST,
          "DISABLE_ROS_MSG",
          Kind.flag(),
          "false",
          "Files of resource optimisation are stored, but it is not told.");
  public static final Setting<Duration> ROS_URL_LIFETIME =
      standard(
          Section.INGEST,
          "ROS_URL_EXPIRATION",
          Kind.duration("172800"),
          "172800",
          "How long the addresses in these messages work.");

  // Clouds ------------------------------------------------------------------------------------

  public static final Setting<Boolean> AUTO_INGEST =
      standard(
          Section.CLOUDS,
          "AUTO_DATA_INGEST",
          Kind.flag(),
          "true",
          "A cloud is asked at once when its source is made or points elsewhere.");
  public static final Setting<Boolean> SCHEDULED_POLLS =
      standard(
          Section.CLOUDS,
          "SCHEDULE_REPORT_CHECKS",
          Kind.flag(),
          "false",
          "Clouds are asked again and again.");
  public static final Setting<Duration> POLL_EVERY =
      standard(
          Section.CLOUDS,
          "TAWARA_POLL_EVERY",
          Kind.duration("3600"),
          "3600",
          "How often it is looked which sources are due; stands in for Koku's"
              + " `REPORT_DOWNLOAD_SCHEDULE`.");
  public static final Setting<Duration> POLLING_TIMER =
      standard(
          Section.CLOUDS,
          "POLLING_TIMER",
          Kind.duration("86400"),
          "86400",
          "How long after it was asked a source is due again.");
  public static final Setting<Integer> POLLING_COUNT =
      standard(
          Section.CLOUDS,
          "POLLING_COUNT",
          Kind.whole(1, 10_000, 21),
          "21",
          "In how many parts all sources are asked, so that they do not come at once.");
  public static final Setting<Boolean> INITIAL_OVERRIDE =
      standard(
          Section.CLOUDS,
          "INITIAL_INGEST_OVERRIDE",
          Kind.flag(),
          "false",
          "Every poll reads as far back as the first one.");
  public static final Setting<Integer> PARALLEL_DOWNLOADS =
      standard(
          Section.CLOUDS,
          "TAWARA_PARALLEL_DOWNLOADS",
          Kind.whole(1, 256, 2),
          "2",
          "Sources that one process fetches from at once.");
  public static final Setting<Long> BILL_FILE_LIMIT =
      standard(
          Section.CLOUDS,
          "TAWARA_BILL_FILE_LIMIT",
          Kind.size("64GiB"),
          "64GiB",
          "The largest file of a bill.");
  public static final Setting<Duration> CLOUD_TIMEOUT =
      standard(
          Section.CLOUDS,
          "TAWARA_CLOUD_TIMEOUT",
          Kind.duration("120"),
          "120",
          "How long one call to a cloud may take.");
  public static final Setting<URI> AWS_ENDPOINT =
      optional(
          Section.CLOUDS,
          "TAWARA_AWS_ENDPOINT",
          Kind.address("http://127.0.0.1:9000"),
          "Another address for STS, cost reports, Organizations and IAM of AWS.");
  public static final Setting<URI> AWS_S3_ENDPOINT =
      optional(
          Section.CLOUDS,
          "TAWARA_AWS_S3_ENDPOINT",
          Kind.address("http://127.0.0.1:9000"),
          "Another address for the S3 that bills are in.");
  public static final Setting<URI> AZURE_LOGIN =
      standard(
          Section.CLOUDS,
          "TAWARA_AZURE_LOGIN",
          Kind.address("https://login.microsoftonline.com"),
          "https://login.microsoftonline.com",
          "Where Azure issues tokens.");
  public static final Setting<URI> AZURE_MANAGEMENT =
      standard(
          Section.CLOUDS,
          "TAWARA_AZURE_MANAGEMENT",
          Kind.address("https://management.azure.com"),
          "https://management.azure.com",
          "Azure's resource manager.");
  public static final Setting<String> AZURE_BLOB =
      standard(
          Section.CLOUDS,
          "TAWARA_AZURE_BLOB",
          Kind.matching(
              "an address with {account} in it",
              "https://{account}.blob.core.windows.net",
              "https?://\\S*\\{account\\}\\S*"),
          "https://{account}.blob.core.windows.net",
          "Azure's blob storage.");
  public static final Setting<URI> GOOGLE_ENDPOINT =
      optional(
          Section.CLOUDS,
          "TAWARA_GOOGLE_ENDPOINT",
          Kind.address("http://127.0.0.1:9050"),
          "Another address for BigQuery, resource manager and storage of Google, which is then"
              + " asked without credentials.");

  // Retention ---------------------------------------------------------------------------------

  public static final Setting<Integer> RETAIN_MONTHS =
      standard(
          Section.RETENTION,
          "RETAIN_NUM_MONTHS",
          Kind.whole(1, 120, 4),
          "4",
          "Months before the current one that are kept. Another number than 4 takes the choice"
              + " away from organisations.");
  public static final Setting<Integer> INITIAL_MONTHS =
      standard(
          Section.RETENTION,
          "INITIAL_INGEST_NUM_MONTHS",
          Kind.whole(1, 120, 3),
          "3",
          "Months that a new source is read back.");
  public static final Setting<Integer> DELETION_BATCH =
      standard(
          Section.RETENTION,
          "DELETE_CYCLE_RECORD_LIMIT",
          Kind.whole(1, 1_000_000, 5000),
          "5000",
          "Rows that one statement removes.");

  // Reports and settings ----------------------------------------------------------------------

  public static final Setting<Integer> MAX_GROUP_BY =
      standard(
          Section.REPORTS,
          "TAWARA_MAX_GROUP_BY",
          Kind.whole(1, 4, 2),
          "2",
          "Dimensions that one report may be grouped by. Koku takes two.");
  public static final Setting<Duration> CACHE =
      standard(
          Section.REPORTS,
          "CACHE_TIMEOUT",
          Kind.duration("3600"),
          "3600",
          "What clients are told about how long an answer may be kept.");
  public static final Setting<String> DEFAULT_CURRENCY =
      standard(
          Section.REPORTS,
          "KOKU_DEFAULT_CURRENCY",
          Kind.matching("an ISO currency code", "EUR", "[A-Z]{3}"),
          "USD",
          "The currency of organisations that have set none.");
  public static final Setting<Integer> TAG_LIMIT =
      standard(
          Section.REPORTS,
          "TAG_ENABLED_LIMIT",
          Kind.whole(-1, 1_000_000, 200),
          "200",
          "Tag keys that an organisation may enable; 0 or less: any number.");
  public static final Setting<URI> CURRENCY_URL =
      optional(
          Section.REPORTS,
          "CURRENCY_URL",
          Kind.address("https://open.er-api.com/v6/latest/USD"),
          "Where market exchange rates come from, daily; without it only static rates are used.");

  // Logs --------------------------------------------------------------------------------------

  public static final Setting<LogFormat> LOG_FORMAT =
      standard(
          Section.LOGS,
          "TAWARA_LOG_FORMAT",
          Kind.choice(LogFormat.class, LogFormat.JSON),
          "text",
          "One line per event, as text or as JSON.");
  public static final Setting<String> LOG_LEVEL =
      standard(
          Section.LOGS,
          "KOKU_LOG_LEVEL",
          Kind.matching(
              "DEBUG, INFO, WARNING or ERROR", "DEBUG", "(?i)DEBUG|INFO|WARN|WARNING|ERROR"),
          "INFO",
          "The least important events of Tawara that are written.");

  /// Variables of the process itself that begin with `TAWARA_` and are no settings.
  static final Set<String> NOT_SETTINGS =
      Set.of("TAWARA_JAVA_HOME", "TAWARA_JAVA_OPTIONS", "TAWARA_CONFIG", "TAWARA_URL");

  private static final List<Setting<?>> ALL =
      List.of(
          HOST,
          PORT,
          INTERNAL_PORT,
          DATA_DIRECTORY,
          NOW,
          EVENT_LOOPS,
          CREDENTIAL_KEYS,
          ONPREM,
          MODE,
          ROLES,
          DEVELOPMENT,
          ONPREM_PROVIDERS,
          PARITY,
          ENHANCED_ORG_ADMIN,
          API_PATH_PREFIX,
          SCHEMA_SUFFIX,
          RBAC_PROTOCOL,
          RBAC_HOST,
          RBAC_PORT,
          RBAC_PATH,
          RBAC_CACHE,
          RBAC_TIMEOUT,
          DATABASE_HOST,
          DATABASE_PORT,
          DATABASE_NAME,
          DATABASE_USER,
          DATABASE_PASSWORD,
          DATABASE_POOL,
          KAFKA_CONNECT,
          KAFKA_HOST,
          KAFKA_PORT,
          KAFKA_MECHANISM,
          KAFKA_PROTOCOL,
          KAFKA_USERNAME,
          KAFKA_PASSWORD,
          KAFKA_CERTIFICATES,
          S3_ENDPOINT,
          S3_REGION,
          S3_ACCESS_KEY,
          S3_SECRET,
          S3_BUCKET,
          COST_BUCKET,
          ROS_BUCKET,
          METASTORE_HOST,
          METASTORE_PORT,
          TRINO_HOST,
          TRINO_PORT,
          TRINO_USER,
          TRINO_CATALOG,
          SOURCES_HOST,
          SOURCES_PORT,
          SOURCES_PREFIX,
          SOURCES_INTERNAL_PREFIX,
          SOURCES_KEY,
          SOURCES_PROBE,
          SOURCES_TIMEOUT,
          UPLOAD_LIMIT,
          EXPANDED_LIMIT,
          ENTRY_LIMIT,
          PAYLOAD_HOSTS,
          DOWNLOAD_TIMEOUT,
          DENIED_ORGANISATIONS,
          URL_LIFETIME,
          UPLOAD_TOPIC,
          PARALLEL_WORK,
          RETRY,
          DELIVERY_PATIENCE,
          DISABLE_ROS,
          ROS_URL_LIFETIME,
          AUTO_INGEST,
          SCHEDULED_POLLS,
          POLL_EVERY,
          POLLING_TIMER,
          POLLING_COUNT,
          INITIAL_OVERRIDE,
          PARALLEL_DOWNLOADS,
          BILL_FILE_LIMIT,
          CLOUD_TIMEOUT,
          AWS_ENDPOINT,
          AWS_S3_ENDPOINT,
          AZURE_LOGIN,
          AZURE_MANAGEMENT,
          AZURE_BLOB,
          GOOGLE_ENDPOINT,
          RETAIN_MONTHS,
          INITIAL_MONTHS,
          DELETION_BATCH,
          MAX_GROUP_BY,
          CACHE,
          DEFAULT_CURRENCY,
          TAG_LIMIT,
          CURRENCY_URL,
          LOG_FORMAT,
          LOG_LEVEL);

  private Settings() {}

  /// All settings, in the order of the documentation.
  public static List<Setting<?>> all() {
    return ALL;
  }

  private static <T> Setting<T> standard(
      Section section, String name, Kind<T> kind, String value, String meaning) {
    return new Setting<>(name, List.of(), section, kind, Optional.of(value), false, meaning);
  }

  private static <T> Setting<T> optional(
      Section section, String name, Kind<T> kind, String meaning) {
    return new Setting<>(name, List.of(), section, kind, Optional.empty(), false, meaning);
  }
}
