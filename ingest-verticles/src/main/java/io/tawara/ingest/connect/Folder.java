package io.tawara.ingest.connect;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of this machine, for development. Nothing outside of it is read, whatever a manifest or
/// a link says; nothing in it is changed.
final class Folder implements Place {
  private final Path root;

  private Folder(Path root) {
    this.root = root;
  }

  static Folder of(String directory) {
    try {
      return new Folder(Path.of(directory).toRealPath());
    } catch (IOException | java.nio.file.InvalidPathException missing) {
      throw new CloudException(
          Problem.NOT_FOUND, "the folder " + directory + " does not exist", missing);
    }
  }

  @Override
  public List<Item> list(String prefix) {
    int cut = prefix.lastIndexOf('/');
    Path start = cut < 0 ? root : root.resolve(prefix.substring(0, cut));
    if (!Files.isDirectory(start) || !inside(start)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(start)) {
      List<Item> items =
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .map(this::item)
              .filter(item -> item.key().startsWith(prefix))
              .limit(MOST_ITEMS + 1L)
              .sorted(java.util.Comparator.comparing(Item::key))
              .toList();
      if (items.size() > MOST_ITEMS) {
        throw new CloudException(
            Problem.TOO_LARGE, "more than " + MOST_ITEMS + " files below " + start);
      }
      return items;
    } catch (IOException | UncheckedIOException failure) {
      throw new CloudException(
          Problem.UNREACHABLE, "the folder cannot be read: " + failure, failure);
    }
  }

  @Override
  public Optional<Item> find(String key) {
    Path file = root.resolve(key);
    return Files.isRegularFile(file) && inside(file) ? Optional.of(item(file)) : Optional.empty();
  }

  private boolean inside(Path file) {
    try {
      return file.toRealPath().startsWith(root);
    } catch (IOException gone) {
      return false;
    }
  }

  private Item item(Path file) {
    try {
      var modified = Files.getLastModifiedTime(file);
      long bytes = Files.size(file);
      return new Item(
          root.relativize(file).toString(),
          bytes + "-" + modified.toMillis(),
          bytes,
          modified.toInstant());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public InputStream open(String key, String etag, long offset) {
    Optional<Item> now = find(key);
    if (now.isEmpty()) {
      throw new CloudException(Problem.CHANGED, key + " is not there any more");
    }
    if (!now.get().etag().equals(etag)) {
      throw new CloudException(Problem.CHANGED, key + " changed since it was listed");
    }
    try {
      var channel = Files.newByteChannel(root.resolve(key));
      channel.position(offset);
      return Channels.newInputStream(channel);
    } catch (NoSuchFileException gone) {
      throw new CloudException(Problem.CHANGED, key + " is not there any more", gone);
    } catch (IOException failure) {
      throw new CloudException(Problem.UNREACHABLE, key + " cannot be read: " + failure, failure);
    }
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public void close() {
    // nothing is held
  }
}
