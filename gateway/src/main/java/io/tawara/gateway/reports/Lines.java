package io.tawara.gateway.reports;

import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Utf8;
import io.vertx.sqlclient.Row;
import java.util.function.BiConsumer;

/// Makes lines of the rows of one answer, and takes the memory for them.
final class Lines {
  /// What a line takes beside its bytes: its objects, its groups, what it is ordered by.
  private static final int OVERHEAD = 250;

  private final RowReader reader;
  private final RowOrder order;
  private final AnswerMemory.Share memory;
  private final Utf8 one = new Utf8();

  Lines(RowReader reader, RowOrder order, AnswerMemory.Share memory) {
    this.reader = reader;
    this.order = order;
    this.memory = memory;
  }

  /// A row that has arrived.
  Line line(Row row, BiConsumer<Utf8, Row> write) {
    one.clear();
    write.accept(one, row);
    memory.take(one.length() + OVERHEAD);
    return new Line(reader.brief(row), order.key(row), one.toBytes());
  }

  /// The bytes of a line that has found its place.
  byte[] placed(Line line) {
    byte[] bytes = line.take();
    memory.give(bytes.length + OVERHEAD);
    return bytes;
  }
}
