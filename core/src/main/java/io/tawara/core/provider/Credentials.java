package io.tawara.core.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.secrets.CredentialCipher.Sealed;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/// Credentials of providers and sources as they lie in the database: encrypted. Whoever needs them
/// in the clear asks here, and neither logs nor returns them.
public final class Credentials {
  /// Members in one order, so that equal credentials have equal texts.
  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final CredentialCipher cipher;

  public Credentials(CredentialCipher cipher) {
    this.cipher = cipher;
  }

  public Sealed seal(JsonNode credentials) {
    return cipher.seal(canonical(credentials));
  }

  /// @param content null gives an empty object
  public ObjectNode open(String keyId, byte[] content) {
    if (content == null) {
      return CANONICAL.createObjectNode();
    }
    try {
      return (ObjectNode) CANONICAL.readTree(cipher.open(new Sealed(keyId, content)));
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "stored credentials are not JSON", null);
    }
  }

  /// The credentials of a provider.
  public Optional<ObjectNode> ofProvider(Connection connection, UUID provider) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select a.key_id, a.credentials from public.api_provider p
            join public.api_providerauthentication a on a.id = p.authentication_id
            where p.uuid = ?
            """)) {
      select.setObject(1, provider);
      try (var rows = select.executeQuery()) {
        return rows.next()
            ? Optional.of(open(rows.getString(1), rows.getBytes(2)))
            : Optional.empty();
      }
    }
  }

  /// The row of these credentials; equal credentials share one.
  long row(Connection connection, JsonNode credentials) throws SQLException {
    Sealed sealed = seal(credentials);
    try (var upsert =
        connection.prepareStatement(
            """
            insert into public.api_providerauthentication (credentials, key_id, fingerprint)
            values (?, ?, ?)
            on conflict (fingerprint) do update set key_id = api_providerauthentication.key_id
            returning id
            """)) {
      upsert.setBytes(1, sealed.content());
      upsert.setString(2, sealed.keyId());
      upsert.setBytes(3, cipher.fingerprint(canonical(credentials)));
      try (var rows = upsert.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /// Encrypts everything anew that does not use the active key. Called at start.
  ///
  /// @return how many rows were rewritten
  public int rotate(Connection connection) throws SQLException {
    int changed = 0;
    try (var select =
            connection.prepareStatement(
                """
                select id, key_id, credentials from public.api_providerauthentication
                where key_id <> ? for update
                """);
        var update =
            connection.prepareStatement(
                """
                update public.api_providerauthentication
                set credentials = ?, key_id = ?, fingerprint = ? where id = ?
                """)) {
      select.setString(1, cipher.activeKey());
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          String text = canonical(open(rows.getString(2), rows.getBytes(3)));
          Sealed sealed = cipher.seal(text);
          update.setBytes(1, sealed.content());
          update.setString(2, sealed.keyId());
          update.setBytes(3, cipher.fingerprint(text));
          update.setLong(4, rows.getLong(1));
          changed += update.executeUpdate();
        }
      }
    }
    try (var select =
            connection.prepareStatement(
                """
                select source_id, key_id, authentication from public.api_sources
                where authentication is not null and key_id <> ? for update
                """);
        var update =
            connection.prepareStatement(
                "update public.api_sources set authentication = ?, key_id = ? where source_id ="
                    + " ?")) {
      select.setString(1, cipher.activeKey());
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          Sealed sealed = seal(open(rows.getString(2), rows.getBytes(3)));
          update.setBytes(1, sealed.content());
          update.setString(2, sealed.keyId());
          update.setInt(3, rows.getInt(1));
          changed += update.executeUpdate();
        }
      }
    }
    return changed;
  }

  private static String canonical(JsonNode credentials) {
    try {
      Object tree = CANONICAL.treeToValue(credentials, Object.class);
      return CANONICAL.writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "credentials are not writable", null);
    }
  }
}
