package io.tawara.core.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.error.TawaraException;
import io.tawara.core.secrets.CredentialCipher.Sealed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialCipherTest {
  private static final String OLD = "old:" + key(1);
  private static final String NEW = "new:" + key(2);

  @Test
  void whatIsSealedCanBeOpenedAndIsNotReadable() {
    var cipher = CredentialCipher.parse(OLD);
    Sealed sealed = cipher.seal("secret text");
    assertThat(cipher.open(sealed)).isEqualTo("secret text");
    assertThat(new String(sealed.content(), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    assertThat(cipher.seal("secret text").content())
        .as("a fresh nonce each time")
        .isNotEqualTo(sealed.content());
  }

  @Test
  void aKeyIsRotatedByPuttingANewOneInFront() {
    Sealed old = CredentialCipher.parse(OLD).seal("text");
    var rotated = CredentialCipher.parse(NEW + "," + OLD);
    assertThat(rotated.open(old)).isEqualTo("text");
    assertThat(rotated.seal("text").keyId()).isEqualTo("new");
    assertThatThrownBy(() -> CredentialCipher.parse(NEW).open(old))
        .isInstanceOf(TawaraException.class)
        .hasMessageContaining("old");
  }

  @Test
  void whatWasTamperedWithIsNotOpened() {
    var cipher = CredentialCipher.parse(OLD);
    Sealed sealed = cipher.seal("text");
    sealed.content()[sealed.content().length - 1] ^= 1;
    assertThatThrownBy(() -> cipher.open(sealed)).isInstanceOf(TawaraException.class);
  }

  @Test
  void fingerprintsTellEqualityOnly() {
    var cipher = CredentialCipher.parse(OLD);
    assertThat(cipher.fingerprint("a")).isEqualTo(cipher.fingerprint("a"));
    assertThat(cipher.fingerprint("a")).isNotEqualTo(cipher.fingerprint("b"));
    assertThat(cipher.fingerprint("a")).isNotEqualTo(CredentialCipher.parse(NEW).fingerprint("a"));
  }

  @Test
  void mistakesAreNamedWithoutRepeatingTheKey() {
    for (String wrong : List.of("", "nocolon", "id:!!!", "id:" + key(1).substring(8))) {
      assertThatThrownBy(() -> CredentialCipher.parse(wrong))
          .isInstanceOf(TawaraException.class)
          .hasMessageNotContaining(key(1).substring(8));
    }
  }

  private static String key(int seed) {
    var bytes = new byte[32];
    new java.util.Random(seed).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
