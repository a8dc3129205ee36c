package io.tawara.gateway.http;

import java.util.List;
import java.util.Optional;

/// How an answer is written.
public enum Format {
  JSON("application", "json", "application/json"),
  CSV("text", "csv", "text/csv; charset=utf-8"),
  TEXT("text", "plain", "text/plain; version=0.0.4; charset=utf-8");

  private final String type;
  private final String subtype;
  private final String contentType;

  Format(String type, String subtype, String contentType) {
    this.type = type;
    this.subtype = subtype;
    this.contentType = contentType;
  }

  public String contentType() {
    return contentType;
  }

  String mediaType() {
    return type + "/" + subtype;
  }

  /// The first of the offered formats that the Accept header takes, more specific wishes first. No
  /// header takes anything.
  static Optional<Format> negotiate(String accept, List<Format> offered) {
    if (accept == null || accept.isBlank()) {
      return Optional.of(offered.getFirst());
    }
    String[] wishes = accept.split(",", -1);
    for (int generality = 0; generality < 3; generality++) {
      for (Format format : offered) {
        for (String wish : wishes) {
          String range = wish.split(";", 2)[0].strip();
          if (range.equals(format.range(generality))) {
            return Optional.of(format);
          }
        }
      }
    }
    return Optional.empty();
  }

  private String range(int generality) {
    return generality == 0 ? mediaType() : generality == 1 ? type + "/*" : "*/*";
  }
}
