package io.tawara.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An integration as the Sources API shows it. Its provider, once made, has the id `uuid`.
///
/// @param id the number that clients and events name it by
/// @param credentials in the clear; never logged
/// @param billingSource `{"data_source": {…}}` or empty
/// @param providerId the provider, once there is one
public record Source(
    int id,
    UUID uuid,
    String name,
    Optional<String> authHeader,
    Optional<String> accountId,
    String organisationId,
    ProviderType type,
    ObjectNode credentials,
    JsonNode billingSource,
    Optional<UUID> providerId,
    boolean paused,
    boolean pendingDelete,
    Instant updated) {

  /// The same with a number.
  public Source withId(int number) {
    return new Source(
        number,
        uuid,
        name,
        authHeader,
        accountId,
        organisationId,
        type,
        credentials,
        billingSource,
        providerId,
        paused,
        pendingDelete,
        updated);
  }

  /// The same with other credentials.
  public Source withCredentials(ObjectNode others, Instant now) {
    return new Source(
        id,
        uuid,
        name,
        authHeader,
        accountId,
        organisationId,
        type,
        others,
        billingSource,
        providerId,
        paused,
        pendingDelete,
        now);
  }

  /// The provider that this source wants.
  public ProviderDraft draft() {
    JsonNode dataSource = billingSource.get("data_source");
    return new ProviderDraft(name, type, credentials, dataSource, paused);
  }

  /// The cluster id of an OpenShift source.
  public Optional<String> reference() {
    return type == ProviderType.OCP
        ? Optional.ofNullable(credentials.get("cluster_id")).map(JsonNode::asText)
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "source " + id + " (" + type.wireName() + ")";
  }
}
