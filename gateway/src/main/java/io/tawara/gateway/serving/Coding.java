package io.tawara.gateway.serving;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.Brotli;
import io.netty.handler.codec.compression.BrotliEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// How the bytes of an answer travel.
enum Coding {
  /// Quality 4, Netty's standard: smaller than gzip in the same time; from 5 on it takes several
  /// times as long.
  BROTLI("br") {
    @Override
    byte[] encode(byte[] plain, int from, int length) {
      var channel = new EmbeddedChannel(new BrotliEncoder());
      try {
        for (int at = 0; at < length; at += PIECE) {
          channel.writeOutbound(
              Unpooled.wrappedBuffer(plain, from + at, Math.min(PIECE, length - at)));
        }
        channel.finish();
        ByteBuf all = Unpooled.buffer(length / 8 + 64);
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
          all.writeBytes(part);
          part.release();
        }
        return ByteBufUtil.getBytes(all);
      } finally {
        channel.finishAndReleaseAll();
      }
    }
  },

  GZIP("gzip") {
    @Override
    byte[] encode(byte[] plain, int from, int length) {
      var out = new ByteArrayOutputStream(length / 8 + 64);
      try (var encoder =
          new GZIPOutputStream(out, BUFFER) {
            {
              def.setLevel(GZIP_LEVEL);
            }
          }) {
        encoder.write(plain, from, length);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      return out.toByteArray();
    }
  },

  IDENTITY("identity") {
    @Override
    byte[] encode(byte[] plain, int from, int length) {
      return Arrays.copyOfRange(plain, from, from + length);
    }
  };

  private static final int BUFFER = 1 << 13;
  private static final int GZIP_LEVEL = 4;

  /// The encoder ends a block with each piece.
  private static final int PIECE = 1 << 20;

  private final String token;

  Coding(String token) {
    this.token = token;
  }

  /// As it is called in headers.
  String token() {
    return token;
  }

  /// Takes milliseconds per megabyte.
  abstract byte[] encode(byte[] plain, int from, int length);

  /// The compressing codings of this machine, the best first: brotli is native code, which there is
  /// not for every machine, and which needs a directory to be unpacked into.
  static List<Coding> available() {
    return Brotli.isAvailable() ? List.of(BROTLI, GZIP) : List.of(GZIP);
  }
}
