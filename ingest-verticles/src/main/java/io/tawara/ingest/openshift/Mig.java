package io.tawara.ingest.openshift;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a MIG profile such as `3g.20gb` says about a slice of a GPU (`data-formats` §5.5).
///
/// @param applies false: the GPU is used whole, and nothing is said about MIG at all
/// @param slices compute slices; NaN when the profile does not tell
/// @param memoryMib NaN when the profile does not tell
/// @param maxSlices slices of the whole GPU; NaN when not partitioned
record Mig(boolean applies, double slices, double memoryMib, double maxSlices) {
  private static final Map<String, Integer> KNOWN = known();
  private static final Pattern SLICES = Pattern.compile("(\\d{1,3})g");
  private static final Pattern GIGABYTES = Pattern.compile("(\\d{1,6})gb");
  private static final Mig NOT_PARTITIONED = new Mig(true, Double.NaN, Double.NaN, Double.NaN);
  private static final Mig DEDICATED = new Mig(false, Double.NaN, Double.NaN, Double.NaN);

  private static Map<String, Integer> known() {
    var slices = new LinkedHashMap<String, Integer>(); // tried in this order
    slices.put("A30", 4);
    slices.put("A100", 7);
    slices.put("H100", 7);
    slices.put("H200", 7);
    slices.put("B200", 7);
    slices.put("RTX PRO 6000", 4);
    slices.put("RTX PRO 5000", 2);
    return slices;
  }

  static Mig of(String profile, String model) {
    if (profile.isBlank()) {
      return NOT_PARTITIONED;
    }
    OptionalInt max = slicesOf(model);
    if (max.isEmpty()) {
      return DEDICATED;
    }
    Matcher slices = SLICES.matcher(profile);
    Matcher gigabytes = GIGABYTES.matcher(profile);
    if (profile.indexOf('.') < 0 || !slices.lookingAt() || !gigabytes.find()) {
      return new Mig(true, Double.NaN, Double.NaN, max.getAsInt());
    }
    return new Mig(
        true,
        Integer.parseInt(slices.group(1)),
        Integer.parseInt(gigabytes.group(1)) * 1024.0,
        max.getAsInt());
  }

  private static OptionalInt slicesOf(String model) {
    String name = model.toUpperCase(Locale.ROOT);
    Integer exact = KNOWN.get(name);
    if (exact != null) {
      return OptionalInt.of(exact);
    }
    return KNOWN.entrySet().stream()
        .filter(known -> name.contains(known.getKey()))
        .mapToInt(Map.Entry::getValue)
        .findFirst();
  }
}
