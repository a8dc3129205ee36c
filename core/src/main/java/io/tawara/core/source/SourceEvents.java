package io.tawara.core.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.outbox.Outbox;
import io.tawara.core.outbox.OutboxMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;

/// What others are told about sources that Tawara owns, on the topic where Platform Sources would
/// tell it. Members have Koku's capitalised names.
public final class SourceEvents {
  public static final String TOPIC = "platform.sources.event-stream";

  /// Marks events that Tawara sent itself, so that its own listener leaves them alone.
  public static final String ORIGIN_HEADER = "x-tawara-origin";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COST_MANAGEMENT = 0;

  /// What happened.
  public enum Kind {
    SOURCE_CREATE("Source.create"),
    SOURCE_UPDATE("Source.update"),
    SOURCE_DESTROY("Source.destroy"),
    APPLICATION_CREATE("Application.create"),
    APPLICATION_UPDATE("Application.update"),
    APPLICATION_PAUSE("Application.pause"),
    APPLICATION_UNPAUSE("Application.unpause"),
    APPLICATION_DESTROY("Application.destroy");

    private final String wireName;

    Kind(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }

    private boolean aboutSource() {
      return switch (this) {
        case SOURCE_CREATE, SOURCE_UPDATE, SOURCE_DESTROY -> true;
        case APPLICATION_CREATE,
            APPLICATION_UPDATE,
            APPLICATION_PAUSE,
            APPLICATION_UNPAUSE,
            APPLICATION_DESTROY ->
            false;
      };
    }
  }

  private SourceEvents() {}

  /// Tells it in the caller's transaction.
  public static void tell(Connection connection, Kind kind, Source source, String requestId)
      throws SQLException {
    Outbox.add(connection, message(kind, source), requestId);
  }

  static OutboxMessage message(Kind kind, Source source) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("event_type", kind.wireName());
    headers.put("encoding", "json");
    source.accountId().ifPresent(id -> headers.put("x-rh-sources-account-number", id));
    headers.put("x-rh-sources-org-id", source.organisationId());
    source.authHeader().ifPresent(header -> headers.put("x-rh-identity", header));
    headers.put(ORIGIN_HEADER, "tawara");
    return new OutboxMessage(
        TOPIC, source.organisationId(), headers, value(kind, source).toString());
  }

  private static ObjectNode value(Kind kind, Source source) {
    ObjectNode value = JSON.createObjectNode();
    value.put("Id", source.id());
    if (kind.aboutSource()) {
      value.put("Uid", source.uuid().toString());
      value.put("Name", source.name());
      value.put("Source_type", source.type().platformName());
      source.reference().ifPresent(reference -> value.put("Source_ref", reference));
    } else {
      value.put("Source_id", source.id());
      value.put("Application_type_id", COST_MANAGEMENT);
    }
    value.put("Tenant", source.organisationId());
    return value;
  }
}
