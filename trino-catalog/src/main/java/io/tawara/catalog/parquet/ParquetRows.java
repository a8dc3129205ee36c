package io.tawara.catalog.parquet;

import io.tawara.catalog.Column;
import io.tawara.catalog.RowWriter;
import io.tawara.catalog.hive.HiveTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/// Writes rows of a line-item table to one Parquet file (Zstandard, dictionary-encoded). Partition
/// keys are taken and left out: Hive has them in the path. Memory is bounded by the row group.
public final class ParquetRows implements RowWriter {
  private static final long ROW_GROUP_BYTES = 64L << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private final ParquetWriter<ParquetRows> writer;
  private final List<Column> columns;
  private final int[] fields;
  private final boolean[] present;
  private final long[] longs;
  private final double[] doubles;
  private final Binary[] texts;
  private int at;
  private boolean open;
  private long rows;

  /// Begins a file, which must not exist.
  public ParquetRows(HiveTable table, Path file) throws IOException {
    this(table, file, ROW_GROUP_BYTES);
  }

  /// Begins a file, which must not exist.
  ///
  /// @param rowGroupBytes about so much is held in memory
  public ParquetRows(HiveTable table, Path file, long rowGroupBytes) throws IOException {
    columns = table.table().columns();
    List<Column> written = table.fileColumns();
    fields = columns.stream().mapToInt(written::indexOf).toArray();
    present = new boolean[columns.size()];
    longs = new long[columns.size()];
    doubles = new double[columns.size()];
    texts = new Binary[columns.size()];
    writer = new Builder(new LocalOutputFile(file), schema(table), rowGroupBytes).build();
  }

  private static MessageType schema(HiveTable table) {
    Type[] types = table.fileColumns().stream().map(ParquetRows::type).toArray(Type[]::new);
    return new MessageType(table.table().name(), types);
  }

  private static Type type(Column column) {
    return switch (column.type()) {
      case TEXT, JSON_TEXT, UUID ->
          Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
      case INTEGER -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
      case TIMESTAMP ->
          Types.optional(PrimitiveTypeName.INT64)
              .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MILLIS))
              .named(column.name());
      case DATE ->
          Types.optional(PrimitiveTypeName.INT32)
              .as(LogicalTypeAnnotation.dateType())
              .named(column.name());
    };
  }

  @Override
  public void row(int count) throws IOException {
    if (count != columns.size()) {
      throw new IllegalArgumentException(count + " columns instead of " + columns.size());
    }
    flush();
    open = true;
    at = 0;
  }

  private void flush() throws IOException {
    if (open) {
      if (at != columns.size()) {
        throw new IllegalStateException("the row ends after " + at + " columns");
      }
      writer.write(this);
      rows++;
      open = false;
    }
  }

  @Override
  public void nothing() {
    present[at++] = false;
  }

  @Override
  public void bytes(byte[] value, int from, int length) {
    texts[at] = Binary.fromReusedByteArray(value, from, length).copy();
    present[at++] = true;
  }

  @Override
  public void constant(byte[] value, int from, int length) {
    texts[at] = Binary.fromConstantByteArray(value, from, length);
    present[at++] = true;
  }

  @Override
  public void number(double value) {
    doubles[at] = value;
    present[at++] = true;
  }

  @Override
  public void integer(int value) {
    longs[at] = value;
    present[at++] = true;
  }

  @Override
  public void date(int day) {
    integer(day);
  }

  @Override
  public void timestamp(long second) {
    longs[at] = second * 1000;
    present[at++] = true;
  }

  @Override
  public void uuid(UUID value) {
    byte[] text = value.toString().getBytes(StandardCharsets.US_ASCII);
    bytes(text, 0, text.length);
  }

  /// How many bytes the file has so far, what is held in memory included.
  public long bytes() {
    return writer.getDataSize();
  }

  /// How many rows are in the file.
  public long rows() {
    return rows;
  }

  @Override
  public void end() throws IOException {
    flush();
    writer.close();
  }

  /// Gives the file up; it is not readable.
  public void forget() throws IOException {
    open = false;
    writer.close();
  }

  private void write(RecordConsumer consumer) {
    consumer.startMessage();
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] >= 0 && present[i]) {
        String name = columns.get(i).name();
        consumer.startField(name, fields[i]);
        switch (columns.get(i).type()) {
          case TEXT, JSON_TEXT, UUID -> consumer.addBinary(texts[i]);
          case DOUBLE -> consumer.addDouble(doubles[i]);
          case INTEGER, TIMESTAMP -> consumer.addLong(longs[i]);
          case DATE -> consumer.addInteger((int) longs[i]);
        }
        consumer.endField(name, fields[i]);
      }
    }
    consumer.endMessage();
  }

  private static final class Builder extends ParquetWriter.Builder<ParquetRows, Builder> {
    private final MessageType schema;

    Builder(OutputFile file, MessageType schema, long rowGroupBytes) {
      super(file);
      this.schema = schema;
      withConf(new PlainParquetConfiguration());
      withCodecFactory(new Codecs());
      withCompressionCodec(CompressionCodecName.ZSTD);
      withRowGroupSize(rowGroupBytes);
      withPageSize(PAGE_BYTES);
      withDictionaryEncoding(true);
      withWriteMode(ParquetFileWriter.Mode.CREATE);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<ParquetRows> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Support(schema);
    }

    @Override
    protected WriteSupport<ParquetRows> getWriteSupport(ParquetConfiguration configuration) {
      return new Support(schema);
    }
  }

  private static final class Support extends WriteSupport<ParquetRows> {
    private final MessageType schema;
    private RecordConsumer consumer;

    Support(MessageType schema) {
      this.schema = schema;
    }

    @Override
    public WriteContext init(org.apache.hadoop.conf.Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(ParquetRows row) {
      row.write(consumer);
    }
  }
}
