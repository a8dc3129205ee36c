package io.tawara.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Passwords of the embedded services: made once per data directory, readable by its owner only.
final class Secrets {
  private Secrets() {}

  /// The secret of this name in the directory; made when it does not exist.
  static String of(Path directory, String name) {
    Path file = directory.resolve(name + ".secret");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      Files.createDirectories(directory);
      var bytes = new byte[16];
      new SecureRandom().nextBytes(bytes);
      String secret = HexFormat.of().formatHex(bytes);
      Path draft =
          Files.createTempFile(
              directory,
              name,
              ".draft",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, secret);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      return secret;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
