package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.input.Problems;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.identity.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Which projects belong to which cost group (`settings.md` §6). Blocking.
final class CostGroups {
  private static final int MOST_CHOICES = 6;

  private final GatewayServices services;
  private final Recalculation recalculation;

  CostGroups(GatewayServices services) {
    this.services = services;
    this.recalculation = new Recalculation(services.clock());
  }

  /// A project of one or more clusters.
  ///
  /// @param group null: in none
  /// @param isDefault true: put there by the system; false: by a person; null: in no group
  record Project(String name, String group, Boolean isDefault, List<String> clusters) {}

  private record Wish(String project, String group) {}

  List<Project> projects(TenantSchema tenant) {
    return services.database().tenant(tenant, CostGroups::projects);
  }

  private static List<Project> projects(Connection connection) throws SQLException {
    var found = new ArrayList<Project>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select p.project, g.name, g.system_default,
                       array_agg(distinct coalesce(nullif(c.cluster_alias, ''), p.cluster_id))
                from ocp_project p
                left join ocp_cluster c on c.source_uuid = p.source_uuid
                left join lateral (
                  select category.name, n.system_default
                  from reporting_ocp_cost_category_namespace n
                  join reporting_ocp_cost_category category on category.id = n.cost_category_id
                  where p.project like n.namespace
                  order by n.id limit 1) g on true
                where not p.unallocated or not g.system_default
                group by p.project, g.name, g.system_default
                order by p.project collate "C"
                """)) {
      while (rows.next()) {
        String name = rows.getString(1);
        String group = rows.getString(2);
        Boolean system = (Boolean) rows.getObject(3);
        if (system == null && name.equals("Worker unallocated")) {
          system = true;
        }
        found.add(
            new Project(name, group, system, List.of((String[]) rows.getArray(4).getArray())));
      }
    }
    return found;
  }

  /// Puts projects into groups; what the system put somewhere stays there.
  void add(Caller caller, JsonNode body) {
    change(
        caller,
        body,
        (connection, wishes) -> {
          try (var statement =
              connection.prepareStatement(
                  """
                  insert into reporting_ocp_cost_category_namespace
                    (namespace, system_default, cost_category_id)
                  select ?, false, id from reporting_ocp_cost_category where name = ?
                  on conflict (namespace) do update
                    set cost_category_id = excluded.cost_category_id
                  """)) {
            for (Wish wish : wishes) {
              statement.setString(1, wish.project());
              statement.setString(2, wish.group());
              statement.addBatch();
            }
            statement.executeBatch();
          }
        });
  }

  /// Takes projects out of their groups.
  void remove(Caller caller, JsonNode body) {
    change(
        caller,
        body,
        (connection, wishes) -> {
          try (var statement =
              connection.prepareStatement(
                  """
                  delete from reporting_ocp_cost_category_namespace
                  where namespace = any (?) and not system_default
                  """)) {
            statement.setArray(
                1, connection.createArrayOf("text", wishes.stream().map(Wish::project).toArray()));
            statement.executeUpdate();
          }
        });
  }

  private interface Write {
    void perform(Connection connection, List<Wish> wishes) throws SQLException;
  }

  private void change(Caller caller, JsonNode body, Write write) {
    TenantChange.perform(
        services.database(),
        services.work(),
        caller.tenant(),
        caller.requestId(),
        change -> {
          Connection connection = change.connection();
          List<Wish> wishes = own(connection, read(connection, body));
          if (!wishes.isEmpty()) {
            write.perform(connection, wishes);
            recalculation.ofProjects(change, wishes.stream().map(Wish::project).toList());
          }
          return null;
        });
  }

  private static List<Wish> read(Connection connection, JsonNode body) throws SQLException {
    if (!body.isArray()) {
      throw new InvalidInputException("non_field_errors", Fields.notAList(body));
    }
    List<String> projects = names(connection, "select distinct project from ocp_project");
    List<String> groups = names(connection, "select name from reporting_ocp_cost_category");
    var problems = new Problems();
    var wishes = new ArrayList<Wish>();
    for (JsonNode each : body) {
      if (!each.isObject()) {
        problems.add("non_field_errors", Fields.notAnObject(each));
        continue;
      }
      var fields = new Fields(each, "", problems);
      Optional<String> project = choice(fields, "project", projects);
      Optional<String> group = choice(fields, "group", groups);
      if (project.isPresent() && group.isPresent()) {
        wishes.add(new Wish(project.get(), group.get()));
      }
    }
    problems.check();
    return wishes;
  }

  private static Optional<String> choice(Fields fields, String name, List<String> choices) {
    Optional<String> text = fields.text(name, Need.REQUIRED, Blank.ALLOWED, Integer.MAX_VALUE);
    if (text.isPresent() && !choices.contains(text.get())) {
      String hint =
          choices.size() == 1
              ? "Choice is " + choices.getFirst() + "."
              : !choices.isEmpty() && choices.size() <= MOST_CHOICES
                  ? "Choices are " + String.join(", ", choices) + "."
                  : "'" + text.get() + "' is not a valid choice.";
      fields.problem(name, "Select a valid choice. " + hint);
      return Optional.empty();
    }
    return text;
  }

  private static List<String> names(Connection connection, String sql) throws SQLException {
    var found = new TreeSet<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return List.copyOf(found);
  }

  /// Leaves out what the system has put into a group, and what is named twice (the last counts).
  private static List<Wish> own(Connection connection, List<Wish> wishes) throws SQLException {
    List<String> patterns =
        names(
            connection,
            "select namespace from reporting_ocp_cost_category_namespace where system_default");
    var own = new java.util.LinkedHashMap<String, Wish>();
    for (Wish wish : wishes) {
      boolean system =
          patterns.stream()
              .anyMatch(
                  pattern ->
                      pattern.endsWith("%")
                          ? wish.project().startsWith(pattern.replace("%", ""))
                          : wish.project().equals(pattern));
      if (!system) {
        own.put(wish.project(), wish);
      }
    }
    return List.copyOf(own.values());
  }
}
