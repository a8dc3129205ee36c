package io.tawara.sql;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The templates of one resource `sql/<name>.sql`. A resource holds several, each after a line `--
/// name: <template>`; other comment lines are for readers.
///
/// In a template `:name` is a bound parameter, `$name` a [Fragment] put in by the program or
/// another template of the same resource, and `@name(…)` a macro of the [Dialect].
public final class SqlTemplates {
  private static final Pattern RESOURCE = Pattern.compile("[a-z_]+(/[a-z_]+)*");
  private static final String NAME_LINE = "-- name: ";

  private final String resource;
  private final Map<String, String> texts;

  private SqlTemplates(String resource, Map<String, String> texts) {
    this.resource = resource;
    this.texts = texts;
  }

  /// Reads the templates of `sql/<resource>.sql` from the class path.
  public static SqlTemplates of(String resource) {
    if (!RESOURCE.matcher(resource).matches()) {
      throw new IllegalArgumentException("not a template resource: " + resource);
    }
    try (var stream = SqlTemplates.class.getResourceAsStream("/sql/" + resource + ".sql")) {
      if (stream == null) {
        throw new TawaraException(Category.INTERNAL, "no SQL resource " + resource);
      }
      return new SqlTemplates(
          resource, parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException failure) {
      throw new UncheckedIOException("SQL resource " + resource, failure);
    }
  }

  private static Map<String, String> parse(String content) {
    var texts = new LinkedHashMap<String, String>();
    String name = null;
    var text = new StringBuilder();
    for (String line : content.lines().toList()) {
      if (line.startsWith(NAME_LINE)) {
        if (name != null) {
          texts.put(name, text.toString().strip());
        }
        name = line.substring(NAME_LINE.length()).strip();
        text.setLength(0);
      } else if (!line.strip().startsWith("--")) {
        text.append(line).append('\n');
      }
    }
    if (name != null) {
      texts.put(name, text.toString().strip());
    }
    return texts;
  }

  /// The text of one template as a fragment for another one.
  public Fragment fragment(String name) {
    return new Composed(text(name));
  }

  /// Renders a template without fragments from outside.
  public SqlText render(Dialect dialect, String name) {
    return render(dialect, name, Map.of());
  }

  /// Renders a template.
  ///
  /// @param fragments what the template's `$names` stand for, beside its resource's own templates
  public SqlText render(Dialect dialect, String name, Map<String, Fragment> fragments) {
    return new Renderer(
            dialect,
            fragment -> {
              Fragment given = fragments.get(fragment);
              return given == null ? text(fragment) : given.text();
            })
        .render(text(name));
  }

  /// The statement that appends what a select finds to a table. Its columns are the template
  /// `<name>_columns`; all of the table's when there is none.
  public SqlText renderInsert(
      Dialect dialect, Identifier table, String name, Map<String, Fragment> fragments) {
    SqlText select = render(dialect, name, fragments);
    return new SqlText(
        "insert into " + table.name() + columns(name) + "\n" + select.text(), select.parameters());
  }

  /// The statement that takes the rows of a select, in COPY's text format, into a table.
  public String renderCopy(Identifier table, String name) {
    return "copy " + table.name() + columns(name) + " from stdin";
  }

  private String columns(String name) {
    String columns = texts.get(name + "_columns");
    return columns == null ? "" : " (" + columns + ")";
  }

  private String text(String name) {
    String found = texts.get(name);
    if (found == null) {
      throw new TawaraException(
          Category.INTERNAL, "SQL resource " + resource + " has no template " + name);
    }
    return found;
  }

  /// The names of the templates in this resource, in their order.
  public java.util.Set<String> names() {
    return java.util.Collections.unmodifiableSet(texts.keySet());
  }
}
