package io.tawara.core.config;

/// Where PostgreSQL is. `poolSize` bounds the connections of the JDBC pool of one process.
public record DatabaseConfig(
    String host, int port, String name, String user, String password, int poolSize) {

  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + name;
  }
}
