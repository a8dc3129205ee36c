package io.tawara.catalog.parquet;

import io.tawara.catalog.Column;
import io.tawara.catalog.RowWriter;
import io.tawara.catalog.hive.HiveTable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
/// keys are taken and left out: Hive has them in the path. Memory is bounded by the row group. Many
/// rows are encoded and compressed by a thread of their own, beside whoever reads them.
public final class ParquetRows implements RowWriter {
  private static final long ROW_GROUP_BYTES = 64L << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private static final int BATCH_ROWS = 128;
  private static final int BATCHES = 3;

  private final ParquetWriter<Batch> writer;
  private final List<Column> columns;
  private final int[] fields;
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
  private Batch batch;
  private int batches = 1;
  private int at;
  private int rowEnd;
  private long rows;
  private Thread thread;
  private volatile long written;
  private volatile Throwable failure;

  /// Some rows, column by column within each.
  private static final class Batch {
    final boolean[] present;
    final long[] longs;
    final double[] doubles;
    final Binary[] texts;
    int rows;

    /// The row that is being written.
    int current;

    Batch(int columns) {
      present = new boolean[BATCH_ROWS * columns];
      longs = new long[BATCH_ROWS * columns];
      doubles = new double[BATCH_ROWS * columns];
      texts = new Binary[BATCH_ROWS * columns];
    }
  }

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
    batch = new Batch(columns.size());
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
    complete();
    if (batch.rows == BATCH_ROWS) {
      hand();
    }
    at = batch.rows * count;
    rowEnd = at + count;
    batch.rows++;
    rows++;
  }

  private void complete() {
    if (at != rowEnd) {
      throw new IllegalStateException(
          "the row ends " + (rowEnd - at) + " of " + columns.size() + " columns too early");
    }
  }

  /// Gives the batch to the thread that encodes and compresses, and takes an empty one.
  private void hand() throws IOException {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("parquet").start(this::writeAll);
    }
    rethrow();
    try {
      full.put(batch);
      Batch empty = free.poll();
      if (empty == null && batches < BATCHES) {
        batches++;
        empty = new Batch(columns.size());
      }
      batch = empty == null ? free.take() : empty;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while rows were written");
    }
  }

  /// What failed in the other thread fails here.
  private void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException known -> throw new IOException(known.getMessage(), known);
      case Throwable other -> throw new IllegalStateException("rows could not be written", other);
    }
  }

  /// The thread: an empty batch is the end. After a failure batches are only given back.
  private void writeAll() {
    try {
      for (Batch next = full.take(); next.rows > 0; next = full.take()) {
        if (failure == null) {
          write(next);
        }
        next.rows = 0;
        free.put(next);
      }
    } catch (InterruptedException stopped) {
      failure = stopped;
    }
  }

  private void write(Batch next) {
    try {
      for (int row = 0; row < next.rows; row++) {
        next.current = row;
        writer.write(next);
      }
      written = writer.getDataSize();
    } catch (IOException | RuntimeException | Error wrong) {
      failure = wrong; // told to whoever hands the next rows over
    }
  }

  @Override
  public void nothing() {
    batch.present[at++] = false;
  }

  @Override
  public void bytes(byte[] value, int from, int length) {
    batch.texts[at] = Binary.fromReusedByteArray(value, from, length).copy();
    batch.present[at++] = true;
  }

  @Override
  public void constant(byte[] value, int from, int length) {
    batch.texts[at] = Binary.fromConstantByteArray(value, from, length);
    batch.present[at++] = true;
  }

  @Override
  public void number(double value) {
    batch.doubles[at] = value;
    batch.present[at++] = true;
  }

  @Override
  public void integer(int value) {
    batch.longs[at] = value;
    batch.present[at++] = true;
  }

  @Override
  public void date(int day) {
    integer(day);
  }

  @Override
  public void timestamp(long second) {
    batch.longs[at] = second * 1000;
    batch.present[at++] = true;
  }

  @Override
  public void uuid(UUID value) {
    byte[] text = value.toString().getBytes(StandardCharsets.US_ASCII);
    bytes(text, 0, text.length);
  }

  /// How many bytes the file has so far, what is held in memory included; the last rows may not be
  /// counted yet.
  public long bytes() {
    return written;
  }

  /// How many rows are in the file.
  public long rows() {
    return rows;
  }

  @Override
  public void end() throws IOException {
    complete();
    if (thread == null) {
      write(batch);
    } else {
      if (batch.rows > 0) {
        hand();
      }
      stop();
    }
    rethrow();
    writer.close();
  }

  /// Gives the file up; it is not readable.
  public void forget() throws IOException {
    if (failure == null) {
      failure = new IllegalStateException("the file was given up");
    }
    if (thread != null) {
      stop();
    }
    writer.close();
  }

  /// Tells the thread that nothing follows and waits for its end, even when interrupted: the file
  /// must not be closed under its hands, and it has at most a few batches left.
  private void stop() {
    batch.rows = 0;
    boolean told = false;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        if (!told) {
          full.put(batch);
          told = true;
        }
        thread.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Batch rows, RecordConsumer consumer) {
    consumer.startMessage();
    int first = rows.current * fields.length;
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] >= 0 && rows.present[first + i]) {
        String name = columns.get(i).name();
        consumer.startField(name, fields[i]);
        switch (columns.get(i).type()) {
          case TEXT, JSON_TEXT, UUID -> consumer.addBinary(rows.texts[first + i]);
          case DOUBLE -> consumer.addDouble(rows.doubles[first + i]);
          case INTEGER, TIMESTAMP -> consumer.addLong(rows.longs[first + i]);
          case DATE -> consumer.addInteger((int) rows.longs[first + i]);
        }
        consumer.endField(name, fields[i]);
      }
    }
    consumer.endMessage();
  }

  private final class Builder extends ParquetWriter.Builder<Batch, Builder> {
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
      // Nobody searches by least and greatest texts; partitions and days say where to look.
      withSizeStatisticsEnabled(false);
      schema.getFields().stream()
          .filter(
              field -> field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY)
          .forEach(field -> withStatisticsEnabled(field.getName(), false));
      withWriteMode(ParquetFileWriter.Mode.CREATE);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Batch> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new Support(schema);
    }

    @Override
    protected WriteSupport<Batch> getWriteSupport(ParquetConfiguration configuration) {
      return new Support(schema);
    }
  }

  private final class Support extends WriteSupport<Batch> {
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
    public void write(Batch batch) {
      ParquetRows.this.write(batch, consumer);
    }
  }
}
