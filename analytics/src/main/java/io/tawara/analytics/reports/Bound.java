package io.tawara.analytics.reports;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a statement that is being written. Binding a value gives the text that stands
/// for it.
final class Bound {
  private final List<Object> values = new ArrayList<>();

  String text(String value) {
    return bind(value, "text");
  }

  String texts(List<String> value) {
    return bind(List.copyOf(value), "text[]");
  }

  String date(LocalDate value) {
    return bind(value, "date");
  }

  String number(BigDecimal value) {
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

  List<Object> values() {
    return values;
  }
}
