package io.tawara.ingest.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  @Test
  void theSameBytesComeWhateverTheLength() throws IOException {
    var random = new Random(7);
    for (int length : new int[] {0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3_000_000}) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      try (var ahead = new ReadAhead(stingy(bytes))) {
        assertThat(Arrays.equals(ahead.readAllBytes(), bytes)).as("%d bytes", length).isTrue();
        assertThat(ahead.read()).isEqualTo(-1);
        assertThat(ahead.failed()).isFalse();
      }
    }
  }

  @Test
  void aFailureComesBehindTheBytesBeforeIt() throws IOException {
    for (int length : new int[] {0, 5, 1 << 18, 700_000}) {
      try (var ahead = new ReadAhead(failing(length))) {
        assertThat(ahead.readNBytes(length)).hasSize(length);
        assertThat(ahead.failed()).as("%d bytes were read", length).isFalse();
        for (int i = 0; i < 2; i++) {
          assertThatThrownBy(ahead::read).isInstanceOf(ZipException.class).hasMessage("damaged");
        }
        assertThat(ahead.failed()).isTrue();
      }
    }
  }

  @Test
  void whoDoesNotReadToTheEndEndsTheThreadAndClosesTheStream() throws Exception {
    var closed = new AtomicBoolean();
    var begun = new CountDownLatch(1);
    var endless =
        new InputStream() {
          @Override
          public int read() {
            begun.countDown();
            return 1;
          }

          @Override
          public void close() {
            closed.set(true);
          }
        };
    var ahead = new ReadAhead(endless);
    assertThat(ahead.read()).isEqualTo(1);
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    ahead.close();
    assertThat(closed).isTrue();
  }

  /// Gives less than is asked for.
  private static InputStream stingy(byte[] bytes) {
    var random = new Random(3);
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int from, int length) {
        return super.read(target, from, Math.min(length, 1 + random.nextInt(100_000)));
      }
    };
  }

  private static InputStream failing(int after) {
    return new InputStream() {
      private int left = after;

      @Override
      public int read() throws IOException {
        if (left-- == 0) {
          throw new ZipException("damaged");
        }
        return 7;
      }

      @Override
      public int read(byte[] target, int from, int length) throws IOException {
        if (left == 0) {
          throw new ZipException("damaged");
        }
        int part = Math.min(left, length);
        left -= part;
        return part;
      }
    };
  }
}
