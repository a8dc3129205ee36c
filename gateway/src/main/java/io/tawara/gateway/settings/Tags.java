package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.input.Problems;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.identity.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Which tag keys are summarised, and which keys stand for others (`settings.md` §4, §5). Blocking.
final class Tags {
  private static final String NON_FIELD = "non_field_errors";
  private static final String ID_LIST = "id_list";

  private final GatewayServices services;
  private final Recalculation recalculation;

  Tags(GatewayServices services) {
    this.services = services;
    this.recalculation = new Recalculation(services.clock());
  }

  List<TagKey> keys(TenantSchema tenant) {
    return services.database().tenant(tenant, TagTable::keys);
  }

  /// Keys of AWS cost categories.
  List<TagKey> categories(TenantSchema tenant) {
    return services.database().tenant(tenant, TagTable::categories);
  }

  /// Switches keys of AWS cost categories on, or off; an empty list changes nothing.
  void enableCategories(Caller caller, JsonNode body, boolean enabled) {
    JsonNode sent = body.path("ids");
    if (sent.isArray() && sent.isEmpty()) {
      return;
    }
    Set<UUID> ids = ids(body);
    change(
        caller,
        change -> {
          TagTable.setCategoriesEnabled(change.connection(), ids, enabled);
          return null;
        });
  }

  List<TagMapping> mappings(TenantSchema tenant) {
    return services.database().tenant(tenant, TagTable::mappings);
  }

  /// Enabled keys that can become children, or parents, with the cost models that use them.
  List<Candidate> candidates(TenantSchema tenant, boolean parents) {
    return services
        .database()
        .tenant(
            tenant,
            connection -> {
              var taken = new LinkedHashSet<UUID>();
              for (TagMapping mapping : TagTable.mappings(connection)) {
                taken.add(mapping.child().id());
                if (!parents) {
                  taken.add(mapping.parent().id());
                }
              }
              var models = TagTable.costModels(connection);
              return TagTable.keys(connection).stream()
                  .filter(key -> key.enabled() && !taken.contains(key.id()))
                  .map(key -> new Candidate(key, Optional.ofNullable(models.get(key.key()))))
                  .toList();
            });
  }

  /// A key that may be mapped.
  ///
  /// @param costModel a cost model that has a rate by it
  record Candidate(TagKey key, Optional<UUID> costModel) {}

  /// Switches keys on, or off. Ids that are unknown, or already as wanted, do not matter.
  void enable(Caller caller, JsonNode body, boolean enabled) {
    Set<UUID> ids = ids(body);
    change(
        caller,
        change -> {
          Connection connection = change.connection();
          List<TagKey> all = TagTable.keys(connection);
          if (enabled) {
            bounded(all, ids);
          } else {
            unmapped(TagTable.mappings(connection), ids);
          }
          TagTable.setEnabled(connection, ids, enabled);
          return null;
        });
  }

  private void bounded(List<TagKey> all, Set<UUID> ids) {
    int limit = services.config().settings().enabledTagLimit();
    long enabled = all.stream().filter(TagKey::enabled).count();
    long more = all.stream().filter(key -> !key.enabled() && ids.contains(key.id())).count();
    if (limit > 0 && enabled + more > limit) {
      throw HttpError.plain(
          412,
          Json.object()
              .put("error", "The maximum number of enabled tags is " + limit + ".")
              .put("enabled", enabled)
              .put("limit", limit));
    }
  }

  private static void unmapped(List<TagMapping> mappings, Set<UUID> ids) {
    List<UUID> mapped =
        ids.stream()
            .filter(
                id ->
                    mappings.stream()
                        .anyMatch(
                            mapping ->
                                mapping.child().id().equals(id)
                                    || mapping.parent().id().equals(id)))
            .toList();
    if (!mapped.isEmpty()) {
      throw HttpError.plain(
          412,
          Json.object()
              .put("error", "Can not disable a key associated with a tag mapping")
              .set("ids", Json.array(mapped, id -> Json.array().textNode(id.toString()))));
    }
  }

  private static Set<UUID> ids(JsonNode body) {
    var problems = new Problems();
    Fields.ofBody(body, problems);
    JsonNode sent = body.path("ids");
    var found = new LinkedHashSet<UUID>();
    if (sent.isNull()) {
      problems.add(ID_LIST, Fields.NOT_NULL);
    } else if (sent.isMissingNode() || (sent.isArray() && sent.isEmpty())) {
      problems.add(ID_LIST, "This list may not be empty.");
    } else if (!sent.isArray()) {
      problems.add(ID_LIST, Fields.notAList(sent));
    } else {
      for (int i = 0; i < sent.size(); i++) {
        Optional<UUID> id = Fields.uuid(sent.get(i));
        if (id.isPresent()) {
          found.add(id.get());
        } else {
          problems.add(ID_LIST + "." + i, "invalid uuid supplied.");
        }
      }
    }
    problems.check();
    return found;
  }

  /// Makes keys the children of a parent.
  void map(Caller caller, JsonNode body) {
    var problems = new Problems();
    var fields = Fields.ofBody(body, problems);
    Optional<UUID> parent = uuid(fields, "parent");
    List<UUID> children = uuids(fields, "children");
    problems.check();
    change(
        caller,
        change -> {
          Connection connection = change.connection();
          List<TagKey> keys = TagTable.keys(connection);
          var named = new ArrayList<>(children);
          named.add(parent.orElseThrow());
          boolean usable =
              !children.isEmpty()
                  && new LinkedHashSet<>(named).size() == named.size()
                  && named.stream()
                      .allMatch(
                          id ->
                              keys.stream().anyMatch(key -> key.id().equals(id) && key.enabled()));
          if (!usable) {
            throw new InvalidInputException(
                NON_FIELD, "Invalid, disabled, or missing uuid provided.");
          }
          List<TagKey> mapped = keys.stream().filter(key -> children.contains(key.id())).toList();
          rules(connection, parent.get(), children, mapped);
          TagTable.map(connection, parent.get(), children);
          recalculation.ofTagKeys(change, mapped);
          return null;
        });
  }

  /// Two levels only, one parent each, and no rate loses its key.
  private static void rules(
      Connection connection, UUID parent, List<UUID> children, List<TagKey> mapped)
      throws SQLException {
    List<TagMapping> mappings = TagTable.mappings(connection);
    Set<UUID> parents =
        mappings.stream().map(mapping -> mapping.parent().id()).collect(Collectors.toSet());
    Set<UUID> linked =
        mappings.stream().map(mapping -> mapping.child().id()).collect(Collectors.toSet());
    var models = TagTable.costModels(connection);
    var problems = new Problems();
    List<UUID> wereParents = children.stream().filter(parents::contains).toList();
    if (!wereParents.isEmpty()) {
      problems.add(NON_FIELD, "a parent cannot become a child: " + quoted(wereParents));
    }
    if (linked.contains(parent)) {
      problems.add(NON_FIELD, "a child cannot become a parent: " + quoted(List.of(parent)));
    }
    List<UUID> wereLinked = children.stream().filter(linked::contains).toList();
    if (!wereLinked.isEmpty()) {
      problems.add(NON_FIELD, "child already linked to a parent: " + quoted(wereLinked));
    }
    String used =
        mapped.stream()
            .filter(key -> models.containsKey(key.key()))
            .map(
                key ->
                    "{'cost_model_id': '%s', 'child_key': '%s'}"
                        .formatted(models.get(key.key()), key.key()))
            .collect(Collectors.joining(", "));
    if (!used.isEmpty()) {
      problems.add(NON_FIELD, "child is being used in a cost model: [" + used + "]");
    }
    problems.check();
  }

  private static String quoted(Collection<UUID> ids) {
    return ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", ", "[", "]"));
  }

  private static Optional<UUID> uuid(Fields fields, String name) {
    Optional<JsonNode> sent = fields.value(name, Need.REQUIRED);
    Optional<UUID> id = sent.flatMap(Fields::uuid);
    if (sent.isPresent() && id.isEmpty()) {
      fields.problem(name, Fields.BAD_UUID);
    }
    return id;
  }

  private static List<UUID> uuids(Fields fields, String name) {
    Optional<JsonNode> sent = fields.value(name, Need.REQUIRED);
    var found = new ArrayList<UUID>();
    if (sent.isEmpty()) {
      return found;
    }
    if (!sent.get().isArray()) {
      fields.problem(name, Fields.notAList(sent.get()));
      return found;
    }
    for (int i = 0; i < sent.get().size(); i++) {
      Optional<UUID> id = Fields.uuid(sent.get().get(i));
      if (id.isPresent()) {
        found.add(id.get());
      } else {
        fields.problem(name + "." + i, Fields.BAD_UUID);
      }
    }
    return found;
  }

  /// Takes mappings away, by their children or by their parents.
  void unmap(Caller caller, JsonNode body, boolean byParent) {
    Set<UUID> ids = ids(body);
    change(
        caller,
        change -> {
          List<TagMapping> gone =
              TagTable.mappings(change.connection()).stream()
                  .filter(
                      mapping ->
                          ids.contains(byParent ? mapping.parent().id() : mapping.child().id()))
                  .toList();
          if (gone.isEmpty()) {
            throw HttpError.plain(
                400,
                Json.object()
                    .put("detail", "Invalid " + (byParent ? "parents" : "children") + " UUIDs."));
          }
          List<TagKey> children = gone.stream().map(TagMapping::child).toList();
          TagTable.unmap(change.connection(), children);
          recalculation.ofTagKeys(change, children);
          return null;
        });
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }
}
