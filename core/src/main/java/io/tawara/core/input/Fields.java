package io.tawara.core.input;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// Reads the members of a JSON object that came from outside and notes what is wrong with each, in
/// the words that clients of the API know. A member that is absent or wrong comes back empty.
public final class Fields {
  private static final Pattern UUID_TEXT =
      Pattern.compile(
          "\\{?([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})\\}?");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?");
  private static final int LONGEST_NUMBER = 1000;
  private static final Set<String> TRUE =
      Set.of(
          "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1");
  private static final Set<String> FALSE =
      Set.of(
          "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
          "0");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT);

  public static final String REQUIRED = "This field is required.";
  public static final String NOT_NULL = "This field may not be null.";
  public static final String NOT_BLANK = "This field may not be blank.";
  public static final String NOT_A_NUMBER = "A valid number is required.";
  public static final String BAD_UUID = "Must be a valid UUID.";

  private final JsonNode object;
  private final String path;
  private final Problems problems;

  /// @param path prefix of the sources of errors, empty for the whole body
  public Fields(JsonNode object, String path, Problems problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  /// The whole body of a request, which must be an object.
  ///
  /// @throws InvalidInputException when it is something else
  public static Fields ofBody(JsonNode body, Problems problems) {
    if (!body.isObject()) {
      throw new InvalidInputException("non_field_errors", notAnObject(body));
    }
    return new Fields(body, "", problems);
  }

  public static String notAnObject(JsonNode value) {
    return "Invalid data. Expected a dictionary, but got " + typeName(value) + ".";
  }

  public static String notAList(JsonNode value) {
    return "Expected a list of items but got type \"" + typeName(value) + "\".";
  }

  public static String atMost(int characters) {
    return "Ensure this field has no more than " + characters + " characters.";
  }

  /// The name that the wire protocol has for the type of a JSON value.
  public static String typeName(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "dict";
      case ARRAY -> "list";
      case STRING -> "str";
      case BOOLEAN -> "bool";
      case NUMBER -> value.isIntegralNumber() ? "int" : "float";
      case NULL, MISSING -> "NoneType";
      case BINARY, POJO -> "object";
    };
  }

  /// The dotted path of a member.
  public String source(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  public void problem(String name, String detail) {
    problems.add(source(name), detail);
  }

  /// Where problems are noted.
  public Problems problems() {
    return problems;
  }

  public boolean has(String name) {
    return object.has(name);
  }

  /// The member as it is; empty when absent.
  public Optional<JsonNode> raw(String name) {
    return Optional.ofNullable(object.get(name));
  }

  /// The member, when it is there and not null; otherwise empty, and noted when it is null, or
  /// absent and required.
  public Optional<JsonNode> value(String name, Need need) {
    JsonNode value = object.get(name);
    if (value == null) {
      if (need == Need.REQUIRED) {
        problem(name, REQUIRED);
      }
      return Optional.empty();
    }
    if (value.isNull()) {
      problem(name, NOT_NULL);
      return Optional.empty();
    }
    return Optional.of(value);
  }

  public Optional<String> text(String name, Need need, Blank blank, int longest) {
    Optional<JsonNode> value = value(name, need);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get().isContainerNode() || value.get().isBoolean()) {
      problem(name, "Not a valid string.");
      return Optional.empty();
    }
    String text = value.get().asText().strip();
    if (text.isEmpty() && blank == Blank.REFUSED) {
      problem(name, NOT_BLANK);
      return Optional.empty();
    }
    if (text.indexOf('\0') >= 0) {
      problem(name, "Null characters are not allowed.");
      return Optional.empty();
    }
    if (text.codePointCount(0, text.length()) > longest) {
      problem(name, atMost(longest));
      return Optional.empty();
    }
    return Optional.of(text);
  }

  public Optional<Boolean> bool(String name, Need need) {
    Optional<JsonNode> value = value(name, need);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<Boolean> read =
        value.get().isContainerNode() ? Optional.empty() : bool(value.get().asText());
    if (read.isEmpty()) {
      problem(name, "Must be a valid boolean.");
    }
    return read;
  }

  private static Optional<Boolean> bool(String text) {
    if (TRUE.contains(text)) {
      return Optional.of(true);
    }
    return FALSE.contains(text) ? Optional.of(false) : Optional.empty();
  }

  public Optional<LocalDate> date(String name, Need need) {
    Optional<JsonNode> value = value(name, need);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (value.get().isTextual()) {
        return Optional.of(LocalDate.parse(value.get().asText(), DATE));
      }
    } catch (DateTimeParseException wrong) {
      // noted below, with everything else that is not a date
    }
    problem(name, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.");
    return Optional.empty();
  }

  public Optional<BigDecimal> decimal(String name, Need need, int digits, int decimals) {
    Optional<JsonNode> value = value(name, need);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<BigDecimal> number = number(value.get());
    if (number.isEmpty()) {
      problem(name, NOT_A_NUMBER);
      return Optional.empty();
    }
    Optional<String> wrong = tooPrecise(number.get(), digits, decimals);
    if (wrong.isPresent()) {
      problem(name, wrong.get());
      return Optional.empty();
    }
    return number;
  }

  /// A JSON number, or text that is one. Trailing zeros of numbers (not of text) have no meaning.
  public static Optional<BigDecimal> number(JsonNode value) {
    if (value.isNumber()) {
      if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
        return Optional.empty();
      }
      BigDecimal number = value.decimalValue();
      return Optional.of(
          value.isIntegralNumber() || number.scale() <= 0 ? number : number.stripTrailingZeros());
    }
    if (!value.isTextual()) {
      return Optional.empty();
    }
    String text = value.asText().strip();
    return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches()
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }

  private static Optional<String> tooPrecise(BigDecimal number, int digits, int decimals) {
    int coefficient = number.precision();
    int places = Math.max(number.scale(), 0);
    int whole = Math.max(coefficient - number.scale(), 0);
    int total = number.scale() <= 0 ? whole : Math.max(coefficient, places);
    if (total > digits) {
      return Optional.of("Ensure that there are no more than " + digits + " digits in total.");
    }
    if (places > decimals) {
      return Optional.of("Ensure that there are no more than " + decimals + " decimal places.");
    }
    if (whole > digits - decimals) {
      return Optional.of(
          "Ensure that there are no more than "
              + (digits - decimals)
              + " digits before the decimal point.");
    }
    return Optional.empty();
  }

  /// Reads a UUID, with or without hyphens.
  public static Optional<UUID> uuid(String text) {
    var matcher = UUID_TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            UUID.fromString(
                String.join(
                    "-",
                    matcher.group(1),
                    matcher.group(2),
                    matcher.group(3),
                    matcher.group(4),
                    matcher.group(5))))
        : Optional.empty();
  }

  /// Reads a UUID from a JSON value.
  public static Optional<UUID> uuid(JsonNode value) {
    return value.isTextual() ? uuid(value.asText()) : Optional.empty();
  }

  /// Whether a member must be there.
  public enum Need {
    REQUIRED,
    OPTIONAL
  }

  /// Whether a text may be empty.
  public enum Blank {
    ALLOWED,
    REFUSED
  }
}
