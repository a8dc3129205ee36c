package io.tawara.core.config;

/// Where the Hive Metastore's Thrift service is.
public record MetastoreConfig(String host, int port) {

  public String uri() {
    return "thrift://" + host + ":" + port;
  }

  @Override
  public String toString() {
    return uri();
  }
}
