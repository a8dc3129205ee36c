package io.tawara.catalog;

/// What a column holds, independent of the engine that stores it.
public enum LogicalType {
  TEXT("text", "varchar"),
  /// A JSON object, written as text with `", "` between members and `": "` between key and value.
  JSON_TEXT("text", "varchar"),
  DOUBLE("double precision", "double"),
  INTEGER("integer", "bigint"),
  /// An instant; UTC where an engine has no zone.
  TIMESTAMP("timestamp with time zone", "timestamp"),
  /// A UTC calendar day.
  DATE("date", "date"),
  UUID("uuid", "varchar");

  private final String postgres;
  private final String hive;

  LogicalType(String postgres, String hive) {
    this.postgres = postgres;
    this.hive = hive;
  }

  public String postgres() {
    return postgres;
  }

  /// The type in Hive as Trino writes it.
  public String hive() {
    return hive;
  }

  /// The type as the Hive Metastore spells it.
  public String metastore() {
    return hive.equals("varchar") ? "string" : hive;
  }
}
