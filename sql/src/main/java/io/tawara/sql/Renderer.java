package io.tawara.sql;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.sql.Dialect.Macro;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Expands fragments, macros and parameters of a template, in this order. Quoted text is left as it
/// is.
final class Renderer {
  private static final Map<String, Macro> MACROS =
      Arrays.stream(Macro.values()).collect(Collectors.toMap(Macro::call, Function.identity()));
  private static final int DEEPEST = 8;

  private final Dialect dialect;
  private final UnaryOperator<String> fragments;

  Renderer(Dialect dialect, UnaryOperator<String> fragments) {
    this.dialect = dialect;
    this.fragments = fragments;
  }

  SqlText render(String template) {
    String expanded = macros(fragments(template, 0));
    var parameters = new ArrayList<String>();
    String text =
        replace(
            expanded,
            ':',
            scanner -> {
              parameters.add(scanner.word());
              return "?";
            });
    return new SqlText(text, parameters);
  }

  private String fragments(String text, int depth) {
    if (depth > DEEPEST) {
      throw broken("fragments nest too deeply", text);
    }
    return replace(text, '$', scanner -> fragments(fragments.apply(scanner.word()), depth + 1));
  }

  private String macros(String text) {
    return replace(
        text,
        '@',
        scanner -> {
          String name = scanner.word();
          Macro macro = MACROS.get(name);
          if (macro == null) {
            throw broken("no macro " + name, text);
          }
          List<String> arguments =
              scanner.arguments().stream().map(String::strip).map(this::macros).toList();
          if (!macro.takes(arguments.size())) {
            throw broken(
                "macro " + name + " does not take " + arguments.size() + " arguments", text);
          }
          return dialect.expand(macro, arguments);
        });
  }

  private static String replace(String text, char sign, Function<Scanner, String> replacement) {
    var scanner = new Scanner(text);
    var result = new StringBuilder(text.length() + 256);
    while (scanner.more()) {
      char next = scanner.peek();
      if (next == '\'') {
        result.append(scanner.quoted());
      } else if (next == sign) {
        scanner.skip();
        result.append(replacement.apply(scanner));
      } else {
        result.append(next);
        scanner.skip();
      }
    }
    return result.toString();
  }

  private static TawaraException broken(String what, String text) {
    return new TawaraException(
        Category.INTERNAL,
        "SQL template: " + what + " near: " + text.substring(0, Math.min(80, text.length())));
  }

  private static final class Scanner {
    private final String text;
    private int at;

    Scanner(String text) {
      this.text = text;
    }

    boolean more() {
      return at < text.length();
    }

    char peek() {
      return text.charAt(at);
    }

    void skip() {
      at++;
    }

    /// The name at this place.
    String word() {
      int start = at;
      while (more() && (Character.isLetterOrDigit(peek()) || peek() == '_')) {
        at++;
      }
      if (start == at) {
        throw broken("a name is missing", text.substring(Math.max(0, start - 20)));
      }
      return text.substring(start, at);
    }

    /// A quoted text, with its quotes; a doubled quote inside belongs to it.
    String quoted() {
      int start = at;
      do {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
          throw broken("a quote is not closed", text.substring(start));
        }
        at = end + 1;
      } while (more() && peek() == '\'');
      return text.substring(start, at);
    }

    /// The arguments in the parentheses at this place, split at commas of the outermost level.
    List<String> arguments() {
      if (!more() || peek() != '(') {
        throw broken("arguments are missing", text.substring(Math.max(0, at - 20)));
      }
      var found = new ArrayList<String>();
      int start = ++at;
      int depth = 0;
      while (more()) {
        char next = peek();
        if (next == '\'') {
          quoted();
          continue;
        }
        if (next == '(') {
          depth++;
        } else if (next == ',' && depth == 0) {
          found.add(text.substring(start, at));
          start = at + 1;
        } else if (next == ')' && depth-- == 0) {
          String last = text.substring(start, at++);
          if (!found.isEmpty() || !last.isBlank()) {
            found.add(last);
          }
          return found;
        }
        at++;
      }
      throw broken("parentheses are not closed", text.substring(start));
    }
  }
}
