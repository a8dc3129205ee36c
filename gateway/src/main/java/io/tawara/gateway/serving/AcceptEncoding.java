package io.tawara.gateway.serving;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// What a client says about the codings that it takes (RFC 9110 §12.5.3). What cannot be read is
/// taken as not said.
///
/// @param weights of the codings that are named, in lower case, 0 to 1000; `*` for all others
record AcceptEncoding(Map<String, Integer> weights) {
  private static final Pattern ELEMENTS = Pattern.compile(",");
  private static final Pattern PARAMETERS = Pattern.compile(";");
  private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
  private static final int FULL = 1000;
  private static final String ANY = "*";

  AcceptEncoding {
    weights = Map.copyOf(weights);
  }

  /// @param header empty when there is none
  static AcceptEncoding parse(String header) {
    var weights = new HashMap<String, Integer>();
    ELEMENTS.splitAsStream(header).forEach(element -> add(weights, element));
    return new AcceptEncoding(weights);
  }

  private static void add(Map<String, Integer> weights, String element) {
    String[] parts = PARAMETERS.split(element);
    String name = parts.length == 0 ? "" : parts[0].strip().toLowerCase(Locale.ROOT);
    int weight = FULL;
    for (int i = 1; i < parts.length && weight >= 0; i++) {
      String parameter = parts[i].strip();
      if (!parameter.isEmpty()) {
        weight = weight(parameter);
      }
    }
    if (!name.isEmpty() && weight >= 0) {
      // The older name of the same coding (RFC 9110 §8.4.1.3).
      weights.merge(name.equals("x-gzip") ? "gzip" : name, weight, Math::max);
    }
  }

  /// A weight in thousandths, -1 for what is none.
  private static int weight(String parameter) {
    int equals = parameter.indexOf('=');
    if (equals < 0 || !parameter.substring(0, equals).strip().equalsIgnoreCase("q")) {
      return -1;
    }
    String value = parameter.substring(equals + 1).strip();
    if (!WEIGHT.matcher(value).matches()) {
      return -1;
    }
    return (int) Math.round(Double.parseDouble(value) * FULL);
  }

  /// The coding that the client likes best; of those that it likes the same, the first. Without any
  /// wish, and when it takes none of them, the bytes as they are: a client that cannot read those
  /// either could not be told so.
  ///
  /// @param codings the best first
  Coding best(List<Coding> codings) {
    return codings.stream()
        .filter(coding -> weight(coding) > 0 && weight(coding) >= plainWeight())
        .max(
            Comparator.<Coding>comparingInt(this::weight)
                .thenComparing(Comparator.<Coding>comparingInt(codings::indexOf).reversed()))
        .orElse(Coding.IDENTITY);
  }

  private int weight(Coding coding) {
    return weights.getOrDefault(coding.token(), weights.getOrDefault(ANY, 0));
  }

  /// A client that does not name the bytes as they are takes them, but asks for something else.
  private int plainWeight() {
    return weights.getOrDefault(Coding.IDENTITY.token(), 0);
  }
}
