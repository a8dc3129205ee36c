package io.tawara.app.settings;

/// How log lines look.
public enum LogFormat {
  TEXT,
  JSON
}
