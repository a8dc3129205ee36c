package io.tawara.gateway.http;

/// Says what is wrong with a text that is not JSON, in the words that clients know from Koku: what
/// was expected, and at which line, column and character.
final class JsonSyntax {
  private final String text;
  private int at;

  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
      super(message, null, false, false);
    }
  }

  private JsonSyntax(String text) {
    this.text = text;
  }

  static String explain(String text) {
    var scanner = new JsonSyntax(text);
    try {
      scanner.blanks();
      scanner.value(0);
      scanner.blanks();
      if (scanner.at < text.length()) {
        return scanner.message("Extra data", scanner.at);
      }
      return "the document is too deeply nested, or a number or text in it too long";
    } catch (Fault fault) {
      return fault.getMessage();
    }
  }

  private void value(int depth) {
    if (depth > 500 || at >= text.length()) {
      throw fault("Expecting value", at);
    }
    switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void object(int depth) {
    at++;
    blanks();
    if (is('}')) {
      at++;
      return;
    }
    while (true) {
      if (!is('"')) {
        throw fault("Expecting property name enclosed in double quotes", at);
      }
      string();
      blanks();
      if (!is(':')) {
        throw fault("Expecting ':' delimiter", at);
      }
      at++;
      blanks();
      value(depth + 1);
      blanks();
      if (is('}')) {
        at++;
        return;
      }
      if (!is(',')) {
        throw fault("Expecting ',' delimiter", at);
      }
      at++;
      blanks();
    }
  }

  private void array(int depth) {
    at++;
    blanks();
    if (is(']')) {
      at++;
      return;
    }
    while (true) {
      value(depth + 1);
      blanks();
      if (is(']')) {
        at++;
        return;
      }
      if (!is(',')) {
        throw fault("Expecting ',' delimiter", at);
      }
      at++;
      blanks();
    }
  }

  private void string() {
    int start = at;
    at++;
    while (at < text.length()) {
      char character = text.charAt(at);
      if (character == '"') {
        at++;
        return;
      }
      if (character < 0x20) {
        throw fault("Invalid control character at", at);
      }
      if (character == '\\') {
        escape(start);
      } else {
        at++;
      }
    }
    throw fault("Unterminated string starting at", start);
  }

  private void escape(int start) {
    if (at + 1 >= text.length()) {
      throw fault("Unterminated string starting at", start);
    }
    char kind = text.charAt(at + 1);
    if (kind == 'u') {
      for (int i = at + 2; i < at + 6; i++) {
        if (i >= text.length() || Character.digit(text.charAt(i), 16) < 0) {
          throw fault("Invalid \\uXXXX escape", at + 1);
        }
      }
      at += 6;
    } else if ("\"\\/bfnrt".indexOf(kind) >= 0) {
      at += 2;
    } else {
      throw fault("Invalid \\escape", at);
    }
  }

  private void word(String word) {
    if (!text.startsWith(word, at)) {
      throw fault("Expecting value", at);
    }
    at += word.length();
  }

  private void number() {
    int start = at;
    if (is('-')) {
      at++;
    }
    int whole = digits();
    if (whole == 0) {
      throw fault("Expecting value", start);
    }
    if (text.charAt(at - whole) == '0' && whole > 1) {
      at -= whole - 1;
      return;
    }
    if (is('.')) {
      at++;
      if (digits() == 0) {
        at--;
        return;
      }
    }
    if (is('e') || is('E')) {
      int exponent = at;
      at++;
      if (is('+') || is('-')) {
        at++;
      }
      if (digits() == 0) {
        at = exponent;
      }
    }
  }

  private int digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - start;
  }

  private void blanks() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean is(char character) {
    return at < text.length() && text.charAt(at) == character;
  }

  private Fault fault(String what, int position) {
    return new Fault(message(what, position));
  }

  private String message(String what, int position) {
    String before = text.substring(0, position);
    long line = before.chars().filter(character -> character == '\n').count() + 1;
    int column = position - before.lastIndexOf('\n');
    return "%s: line %d column %d (char %d)".formatted(what, line, column, position);
  }
}
