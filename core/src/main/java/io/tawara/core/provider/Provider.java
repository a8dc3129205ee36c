package io.tawara.core.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.tenancy.TenantSchema;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What is ingested: one OpenShift cluster, one cloud bill.
///
/// @param name what people call it; the alias of a cluster
/// @param organisationId the owner, with the schema suffix if one is configured
/// @param clusterId the cluster id of an OpenShift provider
/// @param setupComplete whether a first report file was processed
/// @param polled when it was last considered for polling
/// @param dataUpdated when its data last changed
/// @param deleting whether its deletion has begun; nothing new is accepted for it
public record Provider(
    UUID id,
    String name,
    ProviderType type,
    TenantSchema tenant,
    String organisationId,
    String accountId,
    Optional<String> clusterId,
    boolean active,
    boolean paused,
    boolean setupComplete,
    Instant created,
    Optional<Instant> polled,
    Optional<Instant> dataUpdated,
    JsonNode dataSource,
    JsonNode additionalContext,
    boolean deleting) {}
