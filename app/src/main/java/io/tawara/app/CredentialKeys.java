package io.tawara.app;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/// The key that encrypts credentials when none is configured: made once, beside the data that it
/// protects, readable by its owner only.
final class CredentialKeys {
  private static final int BYTES = 32;

  private CredentialKeys() {}

  static String ofDirectory(Path directory) {
    Path file = directory.resolve("credential-keys.secret");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      Files.createDirectories(directory);
      var key = new byte[BYTES];
      new SecureRandom().nextBytes(key);
      String text = "local:" + Base64.getEncoder().encodeToString(key);
      Path draft =
          Files.createTempFile(
              directory,
              "credential-keys",
              ".draft",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return text;
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "no key for credentials in " + directory + ": " + failure, failure);
    }
  }
}
