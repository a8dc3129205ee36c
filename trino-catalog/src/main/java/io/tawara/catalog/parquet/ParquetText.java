package io.tawara.catalog.parquet;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;

/// A Parquet file as CSV with a header, so that what is read from CSV is read from Parquet, too.
/// Times are ISO 8601 in UTC, missing values are blank; columns that are no plain values are left
/// out. One row group is in memory at a time.
public final class ParquetText extends InputStream {
  private static final long JULIAN_EPOCH_DAY = 2_440_588;
  private static final int ROWS_AT_ONCE = 256;

  private final ParquetFileReader file;
  private final MessageType schema;
  private final List<Integer> columns = new ArrayList<>();
  private byte[] piece;
  private int at;
  private RecordReader<Group> rows;
  private long left;

  private ParquetText(ParquetFileReader file) {
    this.file = file;
    schema = file.getFooter().getFileMetaData().getSchema();
    var header = new StringBuilder();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      if (schema.getType(i).isPrimitive()
          && schema.getType(i).getRepetition()
              != org.apache.parquet.schema.Type.Repetition.REPEATED) {
        header.append(columns.isEmpty() ? "" : ",");
        quote(schema.getFieldName(i), header);
        columns.add(i);
      }
    }
    piece = header.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Opens a file. Close the stream to close it.
  ///
  /// @throws TawaraException of [Category#INPUT] when it is no Parquet file
  public static ParquetText open(Path path) throws IOException {
    try {
      return new ParquetText(
          ParquetFileReader.open(
              new LocalInputFile(path),
              ParquetReadOptions.builder(new PlainParquetConfiguration())
                  .withCodecFactory(new Codecs())
                  .build()));
    } catch (RuntimeException wrong) {
      throw broken(wrong);
    }
  }

  private static TawaraException broken(RuntimeException wrong) {
    return wrong instanceof TawaraException known
        ? known
        : new TawaraException(
            Category.INPUT, "the Parquet file cannot be read: " + wrong.getMessage(), wrong);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (at == piece.length) {
      piece = next();
      at = 0;
      if (piece.length == 0) {
        return -1;
      }
    }
    int part = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, target, from, part);
    at += part;
    return part;
  }

  private byte[] next() throws IOException {
    try {
      var out = new StringBuilder();
      for (int i = 0; i < ROWS_AT_ONCE && more(); i++) {
        row(rows.read(), out);
        left--;
      }
      return out.toString().getBytes(StandardCharsets.UTF_8);
    } catch (RuntimeException wrong) {
      throw broken(wrong);
    }
  }

  private boolean more() throws IOException {
    while (left == 0) {
      PageReadStore pages = file.readNextRowGroup();
      if (pages == null) {
        return false;
      }
      left = pages.getRowCount();
      rows =
          new ColumnIOFactory()
              .getColumnIO(schema)
              .getRecordReader(pages, new GroupRecordConverter(schema));
    }
    return true;
  }

  private void row(Group row, StringBuilder out) {
    for (int i = 0; i < columns.size(); i++) {
      out.append(i == 0 ? "" : ",");
      int column = columns.get(i);
      if (row.getFieldRepetitionCount(column) > 0) {
        quote(text(row, column, schema.getType(column).asPrimitiveType()), out);
      }
    }
    out.append('\n');
  }

  private static String text(Group row, int column, PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> Boolean.toString(row.getBoolean(column, 0));
      case FLOAT -> Float.toString(row.getFloat(column, 0));
      case DOUBLE -> Double.toString(row.getDouble(column, 0));
      case INT32 -> {
        int value = row.getInteger(column, 0);
        yield switch (logical) {
          case DateLogicalTypeAnnotation date -> LocalDate.ofEpochDay(value).toString();
          case DecimalLogicalTypeAnnotation decimal ->
              BigDecimal.valueOf(value, decimal.getScale()).toPlainString();
          case null, default -> Integer.toString(value);
        };
      }
      case INT64 -> {
        long value = row.getLong(column, 0);
        yield switch (logical) {
          case TimestampLogicalTypeAnnotation time -> instant(value, time).toString();
          case DecimalLogicalTypeAnnotation decimal ->
              BigDecimal.valueOf(value, decimal.getScale()).toPlainString();
          case null, default -> Long.toString(value);
        };
      }
      case INT96 -> {
        ByteBuffer bytes =
            ByteBuffer.wrap(row.getInt96(column, 0).getBytes()).order(ByteOrder.LITTLE_ENDIAN);
        long nanos = bytes.getLong();
        long day = bytes.getInt() - JULIAN_EPOCH_DAY;
        yield Instant.ofEpochSecond(day * 86_400, nanos).toString();
      }
      case BINARY, FIXED_LEN_BYTE_ARRAY ->
          logical instanceof DecimalLogicalTypeAnnotation decimal
              ? new BigDecimal(
                      new BigInteger(row.getBinary(column, 0).getBytes()), decimal.getScale())
                  .toPlainString()
              : row.getBinary(column, 0).toStringUsingUTF8();
    };
  }

  private static Instant instant(long value, TimestampLogicalTypeAnnotation type) {
    return switch (type.getUnit()) {
      case MILLIS -> Instant.ofEpochMilli(value);
      case MICROS ->
          Instant.ofEpochSecond(
              Math.floorDiv(value, 1_000_000L), Math.floorMod(value, 1_000_000L) * 1_000);
      case NANOS ->
          Instant.ofEpochSecond(
              Math.floorDiv(value, 1_000_000_000L), Math.floorMod(value, 1_000_000_000L));
    };
  }

  private static void quote(String text, StringBuilder out) {
    boolean quoted = text.isEmpty();
    for (int i = 0; i < text.length() && !quoted; i++) {
      char c = text.charAt(i);
      quoted = c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (!quoted) {
      out.append(text);
      return;
    }
    out.append('"').append(text.replace("\"", "\"\"")).append('"');
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
