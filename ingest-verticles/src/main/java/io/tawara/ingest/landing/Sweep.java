package io.tawara.ingest.landing;

import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import java.util.List;

/// Deletes Parquet files that no partition consists of any more, and those of transactions that
/// came to nothing.
public final class Sweep implements Runnable {
  private static final int AT_ONCE = 200;

  private final Database database;
  private final ObjectStore objects;

  public Sweep(Database database, ObjectStore objects) {
    this.database = database;
    this.objects = objects;
  }

  @Override
  public void run() {
    int last;
    do {
      last =
          database.transaction(
              connection -> {
                List<String> keys = LineItemFiles.garbage(connection, AT_ONCE);
                keys.forEach(objects::deletePrefix);
                LineItemFiles.swept(connection, keys);
                return keys.size();
              });
    } while (last == AT_ONCE);
  }
}
