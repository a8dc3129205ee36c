package io.tawara.ingest.openshift;

import java.util.HashMap;
import java.util.Map;

/// Capacity of nodes per hour: the greatest of all pod rows of a node and hour.
final class NodeCapacity {
  private final Map<Long, double[]> values = new HashMap<>();
  private long lastKey = Long.MIN_VALUE;
  private double[] lastValue;

  /// One node and hour.
  ///
  /// @param interval in the numbers of the file's intervals
  /// @param node in the numbers of the file's nodes
  interface Visitor {
    void visit(int interval, int node, double coreSeconds, double byteSeconds);
  }

  void add(int interval, int node, double coreSeconds, double byteSeconds) {
    long key = (long) interval << 32 | node;
    if (key != lastKey) {
      lastValue = values.computeIfAbsent(key, unseen -> new double[] {coreSeconds, byteSeconds});
      lastKey = key;
    }
    lastValue[0] = Math.max(lastValue[0], coreSeconds);
    lastValue[1] = Math.max(lastValue[1], byteSeconds);
  }

  int size() {
    return values.size();
  }

  void forEach(Visitor visitor) {
    values.forEach(
        (key, value) -> visitor.visit((int) (key >>> 32), key.intValue(), value[0], value[1]));
  }

  void clear() {
    values.clear();
    lastKey = Long.MIN_VALUE;
  }
}
