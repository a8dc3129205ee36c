package io.tawara.gateway.reports.params;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The query part of a request, taken apart: `name[sub]=value` nests, a repeated key collects, and
/// everything is percent-decoded.
///
/// @param decoded the whole query decoded, as text searches for the position of a key need it
/// @param elements every `key=value` in its order, decoded
/// @param parameters the elements nested by their brackets, in order of first occurrence
public record QueryString(
    String decoded, List<Element> elements, Map<String, QueryValue> parameters) {
  private static final int MAXIMUM_LENGTH = 65_536;
  private static final int MAXIMUM_ELEMENTS = 256;
  private static final int MAXIMUM_ELEMENT_LENGTH = 4_096;
  private static final int MAXIMUM_DEPTH = 4;

  /// One `key=value`.
  public record Element(String key, String value) {}

  public QueryString {
    elements = List.copyOf(elements);
    parameters = Collections.unmodifiableMap(parameters);
  }

  /// Takes a raw query apart.
  ///
  /// @param raw the text after `?`, still encoded; null or empty when there is none
  /// @throws InvalidParameters when brackets do not balance, the bytes are not UTF-8, a key is used
  ///   both with and without brackets, or a bound on length, number or nesting is exceeded
  public static QueryString parse(String raw) {
    if (raw == null || raw.isEmpty()) {
      return new QueryString("", List.of(), new LinkedHashMap<>());
    }
    if (raw.length() > MAXIMUM_LENGTH) {
      throw InvalidParameters.malformed();
    }
    var elements = new ArrayList<Element>();
    var parameters = new Node();
    var decoded = new StringBuilder(raw.length());
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      if (end < 0) {
        end = raw.length();
      }
      if (start > 0) {
        decoded.append('&');
      }
      if (end > start) {
        Element element = element(raw.substring(start, end), decoded);
        elements.add(element);
        if (elements.size() > MAXIMUM_ELEMENTS) {
          throw InvalidParameters.malformed();
        }
        parameters.add(path(element.key()), element.value());
      }
      start = end + 1;
    }
    return new QueryString(decoded.toString(), elements, parameters.entries());
  }

  private static Element element(String raw, StringBuilder decoded) {
    if (raw.length() > 3 * MAXIMUM_ELEMENT_LENGTH) {
      throw InvalidParameters.malformed();
    }
    int equals = raw.indexOf('=');
    String key = decode(equals < 0 ? raw : raw.substring(0, equals));
    String value = equals < 0 ? "" : decode(raw.substring(equals + 1));
    if (key.length() + value.length() > MAXIMUM_ELEMENT_LENGTH) {
      throw InvalidParameters.malformed();
    }
    decoded.append(key);
    if (equals >= 0) {
      decoded.append('=').append(value);
    }
    return new Element(key, value);
  }

  /// The names a key leads through: `filter[tag:a]` is `filter`, `tag:a`.
  private static List<String> path(String key) {
    int bracket = key.indexOf('[');
    if (bracket < 0) {
      return List.of(key);
    }
    var path = new ArrayList<String>();
    if (bracket > 0) {
      path.add(key.substring(0, bracket));
    }
    while (bracket >= 0) {
      int close = key.indexOf(']', bracket);
      if (close < 0 || path.size() >= MAXIMUM_DEPTH) {
        throw InvalidParameters.malformed();
      }
      path.add(number(key.substring(bracket + 1, close)));
      bracket = key.indexOf('[', close);
    }
    return path;
  }

  /// A number as a sub key loses its leading zeros.
  private static String number(String sub) {
    if (!QueryValue.isNumber(sub)) {
      return sub;
    }
    String stripped = sub.replaceFirst("^0+", "");
    return stripped.isEmpty() ? "0" : stripped;
  }

  private static String decode(String raw) {
    if (raw.indexOf('%') < 0 && raw.chars().allMatch(c -> c < 0x80)) {
      return raw.replace('+', ' ');
    }
    byte[] source = raw.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(source.length);
    for (int i = 0; i < source.length; i++) {
      if (source[i] == '+') {
        bytes.put((byte) ' ');
      } else if (source[i] == '%' && i + 2 < source.length && hex(source, i) >= 0) {
        bytes.put((byte) hex(source, i));
        i += 2;
      } else {
        bytes.put(source[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException notText) {
      throw InvalidParameters.malformed();
    }
  }

  private static int hex(byte[] source, int at) {
    int high = Character.digit(source[at + 1], 16);
    int low = Character.digit(source[at + 2], 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  /// A place in the nest while it is being filled: values of its own, or named children.
  private static final class Node {
    private final Map<String, Node> children = new LinkedHashMap<>();
    private final List<String> texts = new ArrayList<>();

    /// @throws InvalidParameters when a name is used both with and without nested keys
    void add(List<String> path, String value) {
      Node node = this;
      for (String name : path) {
        if (!node.texts.isEmpty()) {
          throw InvalidParameters.malformed();
        }
        node = node.children.computeIfAbsent(name, _ -> new Node());
      }
      if (!node.children.isEmpty()) {
        throw InvalidParameters.malformed();
      }
      node.texts.add(value);
    }

    QueryValue value() {
      if (!children.isEmpty()) {
        return new QueryValue.Nested(entries());
      }
      return texts.size() == 1 ? new QueryValue.Text(texts.getFirst()) : new QueryValue.Many(texts);
    }

    Map<String, QueryValue> entries() {
      var entries = new LinkedHashMap<String, QueryValue>();
      children.forEach((name, child) -> entries.put(name, child.value()));
      return entries;
    }
  }
}
