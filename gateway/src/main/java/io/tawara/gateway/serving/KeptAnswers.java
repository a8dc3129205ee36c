package io.tawara.gateway.serving;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Answers that are kept within a bound of bytes; those that nobody has asked for longest go first.
/// A few of them may fill it, which caches that weigh how often something is asked do not handle
/// well: what was popular once would keep out what is large and asked for now.
final class KeptAnswers<K> {
  private final long most;
  private final long largest;
  private final Map<K, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  private record Entry(Kept answer, long weight) {}

  /// @param most bytes of all together
  /// @param largest bytes of one; larger ones are not kept
  KeptAnswers(long most, long largest) {
    this.most = most;
    this.largest = largest;
  }

  /// Null when there is none.
  synchronized Kept get(K key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.answer();
  }

  synchronized void put(K key, Kept answer) {
    remove(key);
    long weight = answer.weight();
    if (weight > largest) {
      return;
    }
    entries.put(key, new Entry(answer, weight));
    bytes += weight;
    Iterator<Entry> eldest = entries.values().iterator();
    while (bytes > most) {
      bytes -= eldest.next().weight();
      eldest.remove();
    }
  }

  /// Takes into account that an answer has got another form, if it is still kept.
  synchronized void weighAgain(K key, Kept answer) {
    if (get(key) == answer) {
      put(key, answer);
    }
  }

  private void remove(K key) {
    Entry before = entries.remove(key);
    if (before != null) {
      bytes -= before.weight();
    }
  }
}
