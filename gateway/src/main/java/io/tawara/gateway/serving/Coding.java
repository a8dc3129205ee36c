package io.tawara.gateway.serving;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.Brotli;
import io.netty.handler.codec.compression.BrotliEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// How the bytes of an answer travel.
enum Coding {
  /// Quality 4, Netty's standard: smaller than gzip in the same time; from 5 on it takes several
  /// times as long.
  BROTLI("br") {
    @Override
    ByteBuf encode(ByteBuf plain) {
      int length = plain.readableBytes();
      ByteBuf all = space(length);
      var channel = new EmbeddedChannel(new BrotliEncoder());
      try {
        for (int at = 0; at < length; at += PIECE) {
          channel.writeOutbound(plain.slice(at, Math.min(PIECE, length - at)));
        }
        channel.finish();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
          all.writeBytes(part);
          part.release();
        }
        return all;
      } finally {
        channel.finishAndReleaseAll();
      }
    }
  },

  GZIP("gzip") {
    @Override
    ByteBuf encode(ByteBuf plain) {
      ByteBuf all = space(plain.readableBytes());
      try (var encoder =
          new GZIPOutputStream(new ByteBufOutputStream(all), BUFFER) {
            {
              def.setLevel(GZIP_LEVEL);
            }
          }) {
        plain.getBytes(plain.readerIndex(), encoder, plain.readableBytes());
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      return all;
    }
  },

  IDENTITY("identity") {
    @Override
    ByteBuf encode(ByteBuf plain) {
      return plain;
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
  ///
  /// @param plain not changed, not released; begins at 0
  abstract ByteBuf encode(ByteBuf plain);

  private static ByteBuf space(int plain) {
    return Unpooled.buffer(plain / 8 + 64);
  }

  /// The compressing codings of this machine, the best first: brotli is native code, which there is
  /// not for every machine, and which needs a directory to be unpacked into.
  static List<Coding> available() {
    return Brotli.isAvailable() ? List.of(BROTLI, GZIP) : List.of(GZIP);
  }
}
