package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.provider.ProviderType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A cost model as it is stored.
///
/// @param rates as last sent with the model; the price lists hold what is applied
/// @param markup empty, or `value` and `unit`
/// @param providers who uses it
record CostModel(
    UUID id,
    String name,
    String description,
    ProviderType sourceType,
    Instant created,
    Instant updated,
    JsonNode rates,
    JsonNode markup,
    String distribution,
    JsonNode distributionInfo,
    String currency,
    List<UUID> providers) {}
