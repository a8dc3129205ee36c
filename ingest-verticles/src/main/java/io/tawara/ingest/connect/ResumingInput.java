package io.tawara.ingest.connect;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of a cloud that is read on where a connection broke, a few times with growing patience.
/// Ends early or broken files in a [CloudException].
final class ResumingInput extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(ResumingInput.class);
  private static final int MOST_BREAKS = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);

  private final Connector connector;
  private final RemoteFile file;
  private InputStream in;
  private long position;
  private int breaks;

  ResumingInput(Connector connector, RemoteFile file) {
    this.connector = connector;
    this.file = file;
  }

  /// How many bytes were read.
  long position() {
    return position;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    while (true) {
      try {
        if (in == null) {
          in = connector.open(file, position);
        }
        int read = in.read(buffer, offset, length);
        if (read < 0 && file.bytes() >= 0 && position < file.bytes()) {
          throw new IOException("ended after %d of %d bytes".formatted(position, file.bytes()));
        }
        position += Math.max(read, 0);
        if (file.bytes() >= 0 && position > file.bytes()) {
          throw new CloudException(
              Problem.CHANGED, file.location() + " is longer than it was listed");
        }
        return read;
      } catch (IOException broken) {
        again(new CloudException(Problem.UNREACHABLE, file.location() + ": " + broken, broken));
      } catch (CloudException problem) {
        again(problem);
      }
    }
  }

  private void again(CloudException problem) throws IOException {
    boolean hopeless =
        !problem.problem().waitingHelps()
            || problem.problem() == Problem.CHANGED
            || !connector.resumable();
    if (hopeless || breaks == MOST_BREAKS) {
      throw problem;
    }
    Duration wait = FIRST_WAIT.multipliedBy(1L << breaks);
    breaks++;
    LOG.info("reading on at byte {} in {} ms: {}", position, wait.toMillis(), problem.getMessage());
    close();
    try {
      Thread.sleep(wait);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw problem;
    }
  }

  @Override
  public void close() throws IOException {
    InputStream old = in;
    in = null;
    if (old != null) {
      try {
        old.close();
      } catch (IOException broken) {
        LOG.debug("a broken stream did not close", broken);
      }
    }
  }
}
