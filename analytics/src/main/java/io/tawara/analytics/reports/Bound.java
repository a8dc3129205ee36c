package io.tawara.analytics.reports;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a statement that is being written. Binding a value gives the text that stands
/// for it.
public final class Bound {
  private final List<Object> values = new ArrayList<>();

  public String text(String value) {
    return bind(value, "text");
  }

  public String texts(List<String> value) {
    return bind(List.copyOf(value), "text[]");
  }

  public String date(LocalDate value) {
    return bind(value, "date");
  }

  public String number(BigDecimal value) {
    return bind(value, "numeric");
  }

  private String bind(Object value, String type) {
    int known = values.indexOf(value);
    if (known < 0) {
      values.add(value);
      known = values.size() - 1;
    }
    return "$" + (known + 1) + "::" + type;
  }

  /// The parameters in order.
  public List<Object> values() {
    return values;
  }
}
