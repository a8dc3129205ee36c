package io.tawara.gateway.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.ReportFigures;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.analytics.reports.Section;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.serving.Utf8;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Writes rows and totals as JSON (reports-api §4.3, §4.4). What is the same in every row of an
/// answer is encoded once.
final class JsonRows {
  private final RowReader reader;
  private final String currency;
  private final byte[] currencyUnits;
  private final List<Part> rowParts = new ArrayList<>();
  private final List<Part> totalParts = new ArrayList<>();
  private final byte[][] groupNames;
  private final byte[][] attributeNames;
  private final boolean byProject;
  private final int projectLevel;
  private final int costGroup;
  private final boolean defaultProject;
  private final boolean lists;
  private final boolean clusters;
  private final boolean scores;

  /// Writes some members of a row; the first byte is a comma.
  @FunctionalInterface
  private interface Part {
    void write(Utf8 out, Row row);
  }

  JsonRows(RowReader reader) {
    this.reader = reader;
    ReportQuery query = reader.query();
    this.currency = query.rates().target();
    this.currencyUnits = units(currency);
    this.scores = reader.scoresShown();
    this.projectLevel = reader.levels().indexOf(new Key.Named("project"));
    this.byProject = query.groupedBy("project");
    this.costGroup = reader.attributeIndex("cost_group");
    this.defaultProject =
        query
            .ranking()
            .filter(ranking -> ranking.active() && ranking.offset().isEmpty())
            .isPresent();
    boolean instances = reader.figures().shape() == ReportFigures.Shape.INSTANCES;
    this.lists = !instances || query.ranked();
    this.clusters =
        lists
            && reader.query().report().family().clusters()
            && reader.figures().shape() != ReportFigures.Shape.RESOURCES;
    this.groupNames = new byte[reader.levels().size()][];
    for (int i = 0; i < groupNames.length; i++) {
      groupNames[i] = member(i == reader.unitLevel() ? "id" : reader.levels().get(i).label());
    }
    List<ReportFigures.Attribute> attributes = reader.figures().attributes();
    this.attributeNames = new byte[attributes.size()][];
    for (int i = 0; i < attributeNames.length; i++) {
      String name = attributes.get(i).name();
      if (reader.levels().stream().noneMatch(level -> level.label().equals(name))) {
        attributeNames[i] = member(name);
      }
    }
    for (Section section : reader.figures().sections()) {
      rowPart(section);
      totalPart(section);
    }
  }

  /// `,"name":`
  private static byte[] member(String name) {
    return new Utf8().raw(',').string(name).raw(':').toBytes();
  }

  private static byte[] units(String unit) {
    return new Utf8().raw(",\"units\":").string(unit).raw('}').toBytes();
  }

  // -- rows -------------------------------------------------------------------------------------

  void row(Utf8 out, Row row, String date) {
    boolean others = reader.isOthers(row);
    out.raw("{\"date\":").string(date);
    for (int level = 0; level < groupNames.length; level++) {
      out.raw(groupNames[level]).string(reader.shown(row, level));
    }
    if (lists) {
      if (clusters) {
        out.raw(CLUSTERS).strings(reader.clusters(row));
      }
      out.raw(SOURCES).strings(reader.sources(row));
    }
    if (byProject) {
      out.raw(CLASSIFICATION).string(classification(row, others));
      if (defaultProject && reader.query().categories().isEmpty()) {
        out.raw(DEFAULT_PROJECT).string(others ? "False" : null);
      }
    }
    for (int i = 0; i < attributeNames.length; i++) {
      if (attributeNames[i] != null) {
        out.raw(attributeNames[i]);
        attribute(out, row, i, others);
      }
    }
    for (Part part : rowParts) {
      part.write(out, row);
    }
    if (reader.query().delta().isPresent()) {
      RowReader.Difference difference = reader.difference(row);
      out.raw(DELTA_VALUE).number(difference.value());
      out.raw(DELTA_PERCENT).number(difference.percent());
    }
    out.raw('}');
  }

  private static final byte[] CLUSTERS = member("clusters");
  private static final byte[] SOURCES = member("source_uuid");
  private static final byte[] CLASSIFICATION = member("classification");
  private static final byte[] DEFAULT_PROJECT = member("default_project");
  private static final byte[] DELTA_VALUE = member("delta_value");
  private static final byte[] DELTA_PERCENT = member("delta_percent");
  private static final byte[] REQUEST = head("request");
  private static final byte[] MACHINE_REQUEST =
      new Utf8().raw(member("request")).raw("{\"cpu\":{\"value\":").toBytes();
  private static final byte[] CAPACITY = head("capacity");

  private void attribute(Utf8 out, Row row, int index, boolean others) {
    String value = reader.attribute(row, index);
    if (index == costGroup) {
      if (value == null && reader.query().ranked()) {
        out.raw('0');
      } else {
        out.string(value);
      }
    } else {
      out.string(others ? reader.othersAttribute(row, index) : value);
    }
  }

  private String classification(Row row, boolean others) {
    return classification(reader, row, projectLevel, others);
  }

  /// What kind of project a row is about (reports-api §4.3).
  static String classification(RowReader reader, Row row, int projectLevel, boolean others) {
    List<String> categories = reader.query().categories();
    if (others) {
      return categories.isEmpty() ? null : "category";
    }
    String project = reader.value(row, projectLevel);
    if (project.equals("openshift")
        || project.startsWith("openshift-")
        || project.startsWith("kube-")) {
      return "default";
    }
    return switch (project) {
      case "Platform unallocated", "Worker unallocated", "GPU unallocated" -> "unallocated";
      case "Storage unattributed", "Network unattributed" -> "unattributed";
      default -> categories.contains(project) ? "category_" + project : "project";
    };
  }

  private void rowPart(Section section) {
    switch (section) {
      case Section.Cost cost -> rowParts.add(block(cost.name(), cost.members(), false));
      case Section.Quantity quantity -> {
        byte[] head = head(quantity.name());
        byte[] tail = units(quantity.unit());
        byte[] name = member(quantity.name());
        int[] columns = reader.figureColumns(quantity.figure());
        rowParts.add(
            (out, row) -> {
              if (!reader.query().ranked() && reader.absent(row, quantity.figure())) {
                out.raw(name).raw("null");
                return;
              }
              out.raw(head).number(RowReader.sum(row, columns));
              if (quantity.ofRows().isEmpty()) {
                out.raw(tail);
              } else {
                out.raw(",\"units\":").string(reader.unit(row, quantity)).raw('}');
              }
            });
      }
      case Section.Request request -> rowParts.add((out, row) -> request(out, row, request, false));
      case Section.CapacityBlock capacity ->
          rowParts.add((out, row) -> capacity(out, row, capacity, false));
      case Section.TextList list -> {
        byte[] name = member(list.name());
        int column = reader.aggregateColumn(list.aggregate());
        rowParts.add((out, row) -> out.raw(name).strings(reader.texts(row, column)));
      }
      case Section.Measured measured -> {
        byte[] head = head(measured.name());
        byte[] tail = units(measured.unit());
        int column = reader.aggregateColumn(measured.aggregate());
        rowParts.add(
            (out, row) -> {
              out.raw(head);
              BigDecimal value = reader.number(row, column);
              if (measured.whole()) {
                out.whole(value.longValue());
              } else {
                out.number(value);
              }
              out.raw(tail);
            });
      }
      case Section.Text text -> {
        byte[] name = member(text.name());
        int column = reader.aggregateColumn(text.aggregate());
        rowParts.add((out, row) -> out.raw(name).string(row.getString(column)));
      }
      case Section.Score score -> {
        byte[] name = member("score");
        rowParts.add((out, row) -> score(out.raw(name), row, false));
      }
      case Section.VirtualMachineRequest request ->
          rowParts.add((out, row) -> machineRequest(out, row, request, false));
      case Section.VirtualMachineStorage storage -> {
        byte[] name = member("storage");
        int column = reader.aggregateColumn(storage.aggregate());
        rowParts.add((out, row) -> out.raw(name).value(storage(reader.texts(row, column))));
      }
      case Section.MergedLabels labels -> {
        byte[] name = member("tags");
        int column = reader.aggregateColumn(labels.aggregate());
        rowParts.add((out, row) -> out.raw(name).value(tags(reader.texts(row, column))));
      }
      case Section.MigProfileParts profile -> {
        int index = reader.attributeIndex(profile.dimension());
        rowParts.add((out, row) -> profile(out, reader.attribute(row, index)));
      }
      case Section.WholeNumber number -> {
        byte[] name = member(number.name());
        int column = reader.aggregateColumn(number.aggregate());
        rowParts.add((out, row) -> out.raw(name).whole(reader.number(row, column).longValue()));
      }
    }
  }

  // -- total ------------------------------------------------------------------------------------

  /// `{…}` of `meta.total`.
  void total(Utf8 out) {
    var inner = new Utf8();
    for (Part part : totalParts) {
      part.write(inner, reader.total());
    }
    byte[] members = inner.toBytes();
    out.raw('{').raw(members, members.length == 0 ? 0 : 1, members.length).raw('}');
  }

  private void totalPart(Section section) {
    switch (section) {
      case Section.Cost cost -> totalParts.add(block(cost.name(), cost.totals(), true));
      case Section.Quantity quantity -> {
        byte[] head = head(quantity.name());
        int[] columns = reader.figureColumns(quantity.figure());
        totalParts.add(
            (out, row) ->
                amount(out.raw(head), RowReader.sum(row, columns))
                    .raw(",\"units\":")
                    .string(reader.unit(row, quantity))
                    .raw('}'));
      }
      case Section.Request request ->
          totalParts.add((out, row) -> request(out, row, request, true));
      case Section.CapacityBlock capacity ->
          totalParts.add((out, row) -> capacity(out, row, capacity, true));
      case Section.TextList list -> {
        byte[] name = member(list.name());
        int column = reader.aggregateColumn(list.aggregate());
        totalParts.add(
            (out, row) -> {
              out.raw(name);
              if (reader.nothing()) {
                out.raw('0');
              } else {
                out.strings(reader.texts(row, column));
              }
            });
      }
      case Section.Score score -> {
        byte[] name = member("total_score");
        totalParts.add((out, row) -> score(out.raw(name), row, true));
      }
      case Section.VirtualMachineRequest request ->
          totalParts.add((out, row) -> machineRequest(out, row, request, true));
      case Section.Measured measured -> {}
      case Section.Text text -> {}
      case Section.VirtualMachineStorage storage -> {}
      case Section.MergedLabels labels -> {}
      case Section.MigProfileParts profile -> {}
      case Section.WholeNumber number -> {}
    }
  }

  /// A number of the total: where nothing was selected a plain 0.
  private Utf8 amount(Utf8 out, BigDecimal value) {
    return reader.nothing() ? out.raw('0') : out.number(value);
  }

  // -- parts ------------------------------------------------------------------------------------

  /// `,"name":{"value":`
  private static byte[] head(String name) {
    return new Utf8().raw(member(name)).raw("{\"value\":").toBytes();
  }

  private Part block(String name, List<Section.Member> members, boolean total) {
    var heads = new byte[members.size()][];
    var columns = new int[members.size()][];
    for (int i = 0; i < heads.length; i++) {
      var head = new Utf8();
      if (i == 0) {
        head.raw(member(name)).raw('{');
      } else {
        head.raw(",\"units\":").string(currency).raw("},");
      }
      heads[i] = head.string(members.get(i).name()).raw(":{\"value\":").toBytes();
      columns[i] = reader.figureColumns(members.get(i).figure());
    }
    byte[] tail = new Utf8().raw(",\"units\":").string(currency).raw("}}").toBytes();
    return (out, row) -> {
      for (int i = 0; i < heads.length; i++) {
        out.raw(heads[i]);
        BigDecimal value = RowReader.sum(row, columns[i]);
        if (total) {
          amount(out, value);
        } else {
          out.number(value);
        }
      }
      out.raw(tail);
    };
  }

  private void request(Utf8 out, Row row, Section.Request request, boolean total) {
    BigDecimal asked = reader.figure(row, request.figure());
    BigDecimal unused = asked.subtract(reader.figure(row, "usage"));
    out.raw(REQUEST);
    if (total) {
      amount(out, asked);
    } else {
      out.number(asked);
    }
    out.raw(",\"units\":").string(request.unit());
    unused(out, unused, reader.capacity(row));
    out.raw('}');
  }

  /// `,"unused":…,"unused_percent":…`; a difference below 0 is the integer 0.
  private static void unused(Utf8 out, BigDecimal difference, BigDecimal capacity) {
    out.raw(",\"unused\":");
    if (difference.signum() < 0) {
      out.raw('0');
    } else {
      out.number(difference);
    }
    out.raw(",\"unused_percent\":")
        .number(RowReader.percentOf(RowReader.positive(difference), capacity));
  }

  private void capacity(Utf8 out, Row row, Section.CapacityBlock section, boolean total) {
    BigDecimal capacity = reader.capacity(row);
    BigDecimal needed = reader.figure(row, "usage").max(reader.figure(row, "request"));
    out.raw(CAPACITY);
    if (total && reader.nothing() && section.zeroAsInteger()) {
      out.raw('0');
    } else {
      out.number(capacity);
    }
    out.raw(",\"units\":").string(section.unit());
    unused(out, capacity.subtract(needed), capacity);
    out.raw(",\"count\":");
    BigDecimal count = reader.capacityCount(row);
    if (total) {
      amount(out, count);
    } else {
      out.number(count);
    }
    if (total || !reader.byNode()) {
      out.raw(",\"count_units\":").string(section.countUnit());
    }
    out.raw('}');
  }

  private void score(Utf8 out, Row row, boolean total) {
    if (!scores) {
      out.raw("{}");
      return;
    }
    out.raw("{\"usage_efficiency_percent\":").whole(reader.efficiency(row).longValue());
    out.raw(",\"wasted_cost\":{\"value\":");
    if (total) {
      amount(out, reader.wasted(row));
    } else {
      out.number(reader.wasted(row));
    }
    out.raw(currencyUnits).raw('}');
  }

  private static final BigDecimal HOURS = BigDecimal.valueOf(24);

  /// The stored hours of a day as an hourly figure.
  static BigDecimal perHour(BigDecimal hoursOfDay) {
    return hoursOfDay.divide(HOURS, java.math.MathContext.DECIMAL128);
  }

  private void machineRequest(
      Utf8 out, Row row, Section.VirtualMachineRequest request, boolean total) {
    boolean nothing = total && reader.nothing();
    out.raw(MACHINE_REQUEST);
    machineAmount(out, row, request.cpu(), nothing);
    out.raw(",\"units\":").raw(nothing ? "0" : "\"Core\"").raw("},\"memory\":{\"value\":");
    machineAmount(out, row, request.memory(), nothing);
    out.raw(",\"units\":").raw(nothing ? "0" : "\"GiB\"").raw("}}");
  }

  private void machineAmount(Utf8 out, Row row, String figure, boolean nothing) {
    if (nothing) {
      out.raw('0');
    } else {
      out.number(perHour(reader.figure(row, figure)));
    }
  }

  /// Volumes of a machine with the unit of their numbers.
  static List<Map<String, Object>> storage(String[] volumes) {
    var all = new ArrayList<Map<String, Object>>();
    for (String volume : volumes) {
      JsonNode node = Json.stored(volume);
      var each = new LinkedHashMap<String, Object>();
      each.put("pvc_name", node.path("pvc_name").textValue());
      each.put("storage_class", node.path("storage_class").textValue());
      each.put("usage", node.path("usage").isNull() ? null : node.path("usage").doubleValue());
      each.put(
          "capacity", node.path("capacity").isNull() ? null : node.path("capacity").doubleValue());
      each.put("usage_units", "GiB-Mo");
      all.add(each);
    }
    return all;
  }

  /// Label sets merged per key; keys by length, then by bytes.
  static List<Map<String, Object>> tags(String[] sets) {
    var merged =
        new java.util.TreeMap<String, TreeSet<String>>(
            Comparator.comparingInt((String key) -> key.length())
                .thenComparing(Comparator.naturalOrder()));
    for (String set : sets) {
      Json.stored(set)
          .properties()
          .forEach(
              label ->
                  merged
                      .computeIfAbsent(label.getKey(), _ -> new TreeSet<>())
                      .add(label.getValue().asText()));
    }
    var all = new ArrayList<Map<String, Object>>();
    merged.forEach((key, values) -> all.add(Map.of("key", key, "values", List.copyOf(values))));
    return all;
  }

  /// The parts of a MIG profile's name: `1g.5gb` is compute 1 g and memory 5 gb.
  record ProfilePart(Long value, String units) {
    static ProfilePart of(String text) {
      String digits =
          text.chars()
              .takeWhile(Character::isDigit)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      return new ProfilePart(
          digits.isEmpty() || digits.length() > 18 ? null : Long.valueOf(digits),
          text.substring(digits.length()));
    }

    static ProfilePart compute(String profile) {
      String name = profile == null ? "" : profile;
      int dot = name.indexOf('.');
      return of(dot < 0 ? name : name.substring(0, dot));
    }

    static ProfilePart memory(String profile) {
      String name = profile == null ? "" : profile;
      int dot = name.indexOf('.');
      return of(dot < 0 ? "" : name.substring(dot + 1));
    }
  }

  private static void profile(Utf8 out, String name) {
    ProfilePart compute = ProfilePart.compute(name);
    ProfilePart memory = ProfilePart.memory(name);
    out.raw(",\"compute\":{\"value\":").value(compute.value());
    out.raw(",\"units\":").string(compute.units());
    out.raw("},\"memory\":{\"value\":").value(memory.value());
    out.raw(",\"units\":").string(memory.units()).raw('}');
  }
}
