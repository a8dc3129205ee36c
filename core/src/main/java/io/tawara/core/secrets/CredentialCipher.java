package io.tawara.core.secrets;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts credentials at rest (AES-256-GCM, a fresh nonce each). Several keys may be known: the
/// first one encrypts, all decrypt, so a key is rotated by putting a new one in front.
public final class CredentialCipher {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final Map<String, byte[]> keys;
  private final String active;
  private final SecureRandom random = new SecureRandom();

  /// An encrypted text and the id of the key that it needs.
  @SuppressWarnings("ArrayRecordComponent") // goes straight into a statement
  public record Sealed(String keyId, byte[] content) {}

  private CredentialCipher(Map<String, byte[]> keys, String active) {
    this.keys = keys;
    this.active = active;
  }

  /// Reads keys of the form `id:base64,id:base64`, each 32 bytes, the active one first.
  ///
  /// @throws TawaraException when there is none or one is not 32 bytes; the text is not repeated
  public static CredentialCipher parse(String text) {
    var keys = new LinkedHashMap<String, byte[]>();
    String first = null;
    for (String entry : text.split(",", -1)) {
      int colon = entry.indexOf(':');
      if (colon < 1) {
        throw new TawaraException(Category.INPUT, "credential keys: want id:base64,id:base64");
      }
      String id = entry.substring(0, colon).strip();
      byte[] key;
      try {
        key = java.util.Base64.getDecoder().decode(entry.substring(colon + 1).strip());
      } catch (IllegalArgumentException notBase64) {
        throw new TawaraException(Category.INPUT, "credential key " + id + " is not base64");
      }
      if (key.length != 32) {
        throw new TawaraException(Category.INPUT, "credential key " + id + " is not 32 bytes");
      }
      keys.put(id, key);
      first = first == null ? id : first;
    }
    return new CredentialCipher(Map.copyOf(keys), first);
  }

  /// The id of the key that encrypts.
  public String activeKey() {
    return active;
  }

  public Sealed seal(String text) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] cipher =
        run(Cipher.ENCRYPT_MODE, active, nonce, 0, text.getBytes(StandardCharsets.UTF_8));
    byte[] all = new byte[NONCE + cipher.length];
    System.arraycopy(nonce, 0, all, 0, NONCE);
    System.arraycopy(cipher, 0, all, NONCE, cipher.length);
    return new Sealed(active, all);
  }

  public String open(Sealed sealed) {
    return new String(
        run(Cipher.DECRYPT_MODE, sealed.keyId(), sealed.content(), NONCE, sealed.content()),
        StandardCharsets.UTF_8);
  }

  /// A keyed fingerprint: equal texts have equal ones, and it tells nothing about the text.
  public byte[] fingerprint(String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(active), "HmacSHA256"));
      mac.update("fingerprint:".getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException failure) {
      throw new TawaraException(Category.INTERNAL, "fingerprint of credentials", failure);
    }
  }

  private byte[] run(int mode, String keyId, byte[] nonce, int from, byte[] input) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key(keyId), "AES"),
          new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE));
      return cipher.doFinal(input, from, input.length - from);
    } catch (GeneralSecurityException failure) {
      throw new TawaraException(
          Category.INTERNAL, "credentials cannot be read with key " + keyId, failure);
    }
  }

  private byte[] key(String id) {
    byte[] key = keys.get(id);
    if (key == null) {
      throw new TawaraException(Category.INTERNAL, "credential key " + id + " is not configured");
    }
    return key;
  }
}
