package io.tawara.gateway.settings;

import java.util.UUID;

/// A tag key of one kind of provider.
///
/// @param providerType `OCP`, `AWS`, `Azure`, `GCP`
record TagKey(UUID id, String key, boolean enabled, String providerType) {}
