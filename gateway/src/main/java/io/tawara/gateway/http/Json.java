package io.tawara.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.function.Function;

/// JSON of small bodies. Input is bounded in nesting, numbers and texts.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(200)
                          .maxStringLength(1 << 20)
                          .maxNameLength(10_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /// An array of what a function makes of each element.
  public static <T> ArrayNode array(Iterable<T> elements, Function<T, ? extends JsonNode> each) {
    ArrayNode array = array();
    elements.forEach(element -> array.add(each.apply(element)));
    return array;
  }

  public static JsonNode text(String text) {
    return MAPPER.getNodeFactory().textNode(text);
  }

  public static JsonNode read(byte[] text) throws IOException {
    return MAPPER.readTree(text);
  }

  /// Reads JSON that Tawara wrote itself.
  public static JsonNode stored(String text) {
    try {
      return text == null ? MAPPER.nullNode() : MAPPER.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "stored JSON is not JSON", broken);
    }
  }

  /// A tree of maps, lists, texts, numbers and flags.
  public static JsonNode tree(Object values) {
    return MAPPER.valueToTree(values);
  }

  public static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "JSON is not writable", impossible);
    }
  }

  public static Buffer bytes(JsonNode node) {
    try {
      return Buffer.buffer(MAPPER.writeValueAsBytes(node));
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "JSON is not writable", impossible);
    }
  }
}
