package io.tawara.ingest.connect;

/// What can be wrong between Tawara and a cloud.
public enum Problem {
  /// The credentials are not accepted.
  CREDENTIALS("credentials", false),
  /// A token or session has run out and could not be renewed.
  EXPIRED("expired", true),
  /// The credentials are good and do not allow this.
  PERMISSION("permission", false),
  /// The bucket, container or table does not exist.
  NOT_FOUND("not-found", false),
  /// The bucket is in another region than the source says.
  REGION("region", false),
  /// The cloud has no report for us: none is configured.
  NO_REPORT("no-report", false),
  /// A delivery is only half there: its manifest names files that are absent or shorter.
  INCOMPLETE("incomplete", true),
  /// A file is not the one that was listed.
  CHANGED("changed", true),
  /// A manifest or listing cannot be understood.
  UNREADABLE("unreadable", false),
  /// A format that is not taken.
  UNSUPPORTED("unsupported", false),
  /// A bound was exceeded.
  TOO_LARGE("too-large", false),
  /// The cloud asks for patience.
  THROTTLED("throttled", true),
  /// The cloud cannot be reached, or fails.
  UNREACHABLE("unreachable", true);

  private final String key;
  private final boolean waitingHelps;

  Problem(String key, boolean waitingHelps) {
    this.key = key;
    this.waitingHelps = waitingHelps;
  }

  /// How it is called on the ledger.
  public String key() {
    return key;
  }

  /// Whether the same call may succeed soon without anybody changing something.
  public boolean waitingHelps() {
    return waitingHelps;
  }
}
