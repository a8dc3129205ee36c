package io.tawara.analytics.reports;

/// The width of a bucket of rows.
public enum Resolution {
  DAILY("daily"),
  MONTHLY("monthly");

  private final String parameter;

  Resolution(String parameter) {
    this.parameter = parameter;
  }

  /// The value of `filter[resolution]`.
  public String parameter() {
    return parameter;
  }
}
