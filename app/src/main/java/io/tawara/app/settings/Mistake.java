package io.tawara.app.settings;

/// Something in the configuration that is wrong.
///
/// @param name of the setting
/// @param problem what is wrong, and what would be right
public record Mistake(String name, String problem) {}
