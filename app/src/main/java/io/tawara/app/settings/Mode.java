package io.tawara.app.settings;

/// Where line items live and where sources come from.
public enum Mode {
  /// Line items in PostgreSQL; Tawara owns the sources.
  ONPREM,
  /// Line items as Parquet in the object store, summarised by Trino; Platform Sources owns the
  /// sources.
  CLOUD
}
