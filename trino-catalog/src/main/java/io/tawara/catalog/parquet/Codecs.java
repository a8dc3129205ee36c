package io.tawara.catalog.parquet;

import com.github.luben.zstd.Zstd;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/// Compression of Parquet without Hadoop's codecs: Zstandard is written, and what clouds use is
/// read.
final class Codecs implements CompressionCodecFactory {
  private static final int LEVEL = 3;

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    require(name);
    return new BytesInputCompressor() {
      @Override
      public BytesInput compress(BytesInput bytes) throws IOException {
        return BytesInput.from(Zstd.compress(bytes.toByteArray(), LEVEL));
      }

      @Override
      public CompressionCodecName getCodecName() {
        return CompressionCodecName.ZSTD;
      }

      @Override
      public void release() {}
    };
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    return switch (name) {
      case UNCOMPRESSED -> new Decompressor((bytes, size) -> bytes);
      case ZSTD -> new Decompressor(Zstd::decompress);
      case SNAPPY -> new Decompressor((bytes, size) -> Snappy.uncompress(bytes));
      case GZIP ->
          new Decompressor(
              (bytes, size) -> {
                try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                  return in.readNBytes(size);
                }
              });
      case LZO, BROTLI, LZ4, LZ4_RAW ->
          throw new TawaraException(
              Category.INPUT, "Parquet compressed with " + name + " is not read");
    };
  }

  private interface Expand {
    byte[] expand(byte[] bytes, int size) throws IOException;
  }

  private record Decompressor(Expand expand) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int decompressedSize) throws IOException {
      return BytesInput.from(expand.expand(bytes.toByteArray(), decompressedSize));
    }

    @Override
    public void decompress(
        ByteBuffer input, int compressedSize, ByteBuffer output, int decompressedSize)
        throws IOException {
      byte[] bytes = new byte[compressedSize];
      input.get(bytes);
      output.put(expand.expand(bytes, decompressedSize));
    }

    @Override
    public void release() {}
  }

  private static void require(CompressionCodecName name) {
    if (name != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("only Zstandard is written, not " + name);
    }
  }

  @Override
  public void release() {}
}
