package io.tawara.core.config;

/// Where Trino is and which of its catalogs holds the line items.
///
/// @param jdbcUrl for example `jdbc:trino://127.0.0.1:8080`
/// @param catalog name of the Hive catalog
public record TrinoConfig(String jdbcUrl, String user, String catalog) {

  @Override
  public String toString() {
    return jdbcUrl + "/" + catalog;
  }
}
