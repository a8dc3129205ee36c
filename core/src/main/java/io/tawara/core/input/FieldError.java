package io.tawara.core.input;

/// What is wrong with one part of a request.
///
/// @param source dotted path of the part, for example `rates.0.unit`; null for the whole
public record FieldError(String source, String detail) {}
