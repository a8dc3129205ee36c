package io.tawara.gateway.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What an `x-rh-identity` header says. It is never invented: without a usable header there is no
/// identity, in any mode.
///
/// @param username empty for identities that have none (systems)
/// @param entitled whether the organisation may use cost management
public record Identity(
    String organisationId,
    Optional<String> accountNumber,
    String type,
    Optional<String> username,
    Optional<String> email,
    boolean administrator,
    boolean entitled) {
  private static final Pattern ORGANISATION = Pattern.compile("[A-Za-z0-9_]{1,36}");
  private static final int MAX_HEADER = 16_380;

  /// Reads a header.
  ///
  /// @param header null when it was not sent
  /// @param suffix appended to the organisation id unless it already ends with it
  /// @throws HttpError 401 without a header, when it is not JSON or has no organisation; 403 when
  ///   it is not base64 or the organisation id cannot be one
  public static Identity parse(String header, String suffix) {
    if (header == null || header.isBlank()) {
      throw HttpError.unauthorised();
    }
    if (header.length() > MAX_HEADER) {
      throw HttpError.forbiddenPage();
    }
    JsonNode root = json(decode(header));
    JsonNode identity = root.path("identity");
    String organisation = text(identity.path("org_id"));
    if (organisation.isEmpty()) {
      organisation = text(identity.path("internal").path("org_id"));
    }
    if (organisation.isEmpty()) {
      throw HttpError.unauthorised();
    }
    if (!ORGANISATION.matcher(organisation).matches()) {
      throw HttpError.forbiddenPage();
    }
    String type = text(identity.path("type"));
    type = type.isEmpty() ? "user" : type.toLowerCase(Locale.ROOT);
    boolean user = type.equals("user");
    JsonNode person = identity.path(user ? "user" : "service_account");
    String account = text(identity.path("account_number"));
    return new Identity(
        organisation.endsWith(suffix) ? organisation : organisation + suffix,
        account.isEmpty() ? Optional.empty() : Optional.of(account),
        type,
        Optional.of(text(person.path("username"))).filter(name -> !name.isEmpty()),
        user ? present(person.path("email")) : Optional.of(""),
        user && truthy(person.path("is_org_admin")),
        truthy(root.path("entitlements").path("cost_management").path("is_entitled")));
  }

  /// The schema of the organisation.
  public TenantSchema tenant() {
    return TenantSchema.ofOrganisation(organisationId);
  }

  private static byte[] decode(String header) {
    // Characters that are not of the alphabet are skipped; what is left must be whole.
    var kept = new ByteArrayOutputStream(header.length());
    for (byte each : header.getBytes(StandardCharsets.UTF_8)) {
      boolean alphabet =
          each >= 'A' && each <= 'Z'
              || each >= 'a' && each <= 'z'
              || each >= '0' && each <= '9'
              || each == '+'
              || each == '/'
              || each == '=';
      if (alphabet) {
        kept.write(each);
      }
    }
    byte[] text = kept.toByteArray();
    if (text.length % 4 != 0) {
      throw HttpError.forbiddenPage();
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      throw HttpError.forbiddenPage();
    }
  }

  private static JsonNode json(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode root = Json.read(text.getBytes(StandardCharsets.UTF_8));
      if (root.isObject()) {
        return root;
      }
    } catch (CharacterCodingException notText) {
      throw HttpError.unauthorised();
    } catch (IOException notJson) {
      throw HttpError.unauthorised();
    }
    throw HttpError.unauthorised();
  }

  private static String text(JsonNode node) {
    return node.isTextual() || node.isIntegralNumber() ? node.asText() : "";
  }

  private static Optional<String> present(JsonNode node) {
    return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
  }

  /// Some proxies send booleans as texts.
  private static boolean truthy(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.decimalValue().signum() != 0;
      case STRING -> {
        String text = node.asText().strip().toLowerCase(Locale.ROOT);
        yield !text.isEmpty() && !text.equals("false") && !text.equals("0") && !text.equals("no");
      }
      case ARRAY, OBJECT -> !node.isEmpty();
      case NULL, MISSING, BINARY, POJO -> false;
    };
  }
}
