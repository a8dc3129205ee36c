package io.tawara.catalog.query;

import io.tawara.core.error.TawaraException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import org.postgresql.copy.CopyIn;

/// Writes a result to PostgreSQL in COPY's text format, in pieces.
final class CopyRows {
  private static final int PIECE = 1 << 16;

  private final CopyIn copy;
  private final ResultSet found;
  private final StringBuilder text = new StringBuilder(2 * PIECE);

  CopyRows(CopyIn copy, ResultSet found) {
    this.copy = copy;
    this.found = found;
  }

  /// Writes all rows. When reading fails the COPY is cancelled and the failure is that of reading.
  long write(Function<SQLException, TawaraException> unreadable) throws SQLException {
    try {
      while (next(unreadable)) {
        if (text.length() >= PIECE) {
          send();
        }
      }
      send();
      return copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private boolean next(Function<SQLException, TawaraException> unreadable) {
    try {
      if (!found.next()) {
        return false;
      }
      int columns = found.getMetaData().getColumnCount();
      for (int i = 1; i <= columns; i++) {
        if (i > 1) {
          text.append('\t');
        }
        value(found.getObject(i));
      }
      text.append('\n');
      return true;
    } catch (SQLException failure) {
      throw unreadable.apply(failure);
    }
  }

  private void send() throws SQLException {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    text.setLength(0);
  }

  private void value(Object value) throws SQLException {
    switch (value) {
      case null -> text.append("\\N");
      case BigDecimal number -> text.append(number.toPlainString());
      case Array array -> escaped(arrayText((Object[]) array.getArray()));
      default -> escaped(value.toString());
    }
  }

  private static String arrayText(Object[] elements) {
    var literal = new StringBuilder("{");
    for (Object element : elements) {
      if (literal.length() > 1) {
        literal.append(',');
      }
      if (element == null) {
        literal.append("NULL");
      } else {
        literal
            .append('"')
            .append(element.toString().replace("\\", "\\\\").replace("\"", "\\\""))
            .append('"');
      }
    }
    return literal.append('}').toString();
  }

  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char next = value.charAt(i);
      switch (next) {
        case '\\' -> text.append("\\\\");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(next);
      }
    }
  }
}
