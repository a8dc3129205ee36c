package io.tawara.gateway.settings;

/// A key that is summarised under the name of another.
record TagMapping(TagKey parent, TagKey child) {}
