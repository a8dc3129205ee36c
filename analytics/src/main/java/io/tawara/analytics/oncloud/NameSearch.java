package io.tawara.analytics.oncloud;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds which of many names occur in a text, in one pass over the text (Aho–Corasick). Names are
/// compared by UTF-16 units; blank names are never found.
///
/// @param <T> what a name stands for
final class NameSearch<T> {
  /// A name that was found.
  ///
  /// @param atEnd whether the text ends with it
  record Hit<T>(String name, List<T> meanings, boolean atEnd) {}

  private static final int ROOT = 0;
  private static final int NONE = -1;

  private final List<String> names;
  private final List<List<T>> meanings;
  private final Edges edges = new Edges();
  private final int[] fallback;

  /// The name that ends in a state, and the next state on the way of fallbacks where one ends.
  private final int[] ends;

  private final int[] nextEnd;

  /// @param meaningsByName what each name stands for
  NameSearch(Map<String, List<T>> meaningsByName) {
    var given = new LinkedHashMap<>(meaningsByName);
    given.remove("");
    this.names = List.copyOf(given.keySet());
    this.meanings = given.values().stream().map(List::copyOf).toList();
    int states = 1 + names.stream().mapToInt(String::length).sum();
    this.fallback = new int[states];
    this.ends = new int[states];
    this.nextEnd = new int[states];
    Arrays.fill(ends, NONE);
    Arrays.fill(nextEnd, NONE);
    build(states);
  }

  private void build(int states) {
    var depths = new int[states];
    var letters = new char[states];
    var parents = new int[states];
    int used = 1;
    for (int n = 0; n < names.size(); n++) {
      int state = ROOT;
      String name = names.get(n);
      for (int i = 0; i < name.length(); i++) {
        int next = edges.get(state, name.charAt(i));
        if (next == NONE) {
          next = used++;
          edges.put(state, name.charAt(i), next);
          depths[next] = depths[state] + 1;
          letters[next] = name.charAt(i);
          parents[next] = state;
        }
        state = next;
      }
      ends[state] = n;
    }
    for (int state : byDepth(depths, used)) {
      if (parents[state] != ROOT) {
        fallback[state] = step(fallback[parents[state]], letters[state]);
      }
      int behind = fallback[state];
      nextEnd[state] = ends[behind] != NONE ? behind : nextEnd[behind];
    }
  }

  private static int[] byDepth(int[] depths, int used) {
    var levels = new ArrayDeque<List<Integer>>();
    var lists = new ArrayList<List<Integer>>();
    for (int state = 1; state < used; state++) {
      while (lists.size() < depths[state]) {
        lists.add(new ArrayList<>());
      }
      lists.get(depths[state] - 1).add(state);
    }
    levels.addAll(lists);
    return levels.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
  }

  private int step(int from, char letter) {
    int state = from;
    while (true) {
      int next = edges.get(state, letter);
      if (next != NONE) {
        return next;
      }
      if (state == ROOT) {
        return ROOT;
      }
      state = fallback[state];
    }
  }

  /// All names that occur in a text, each once per place where it ends.
  List<Hit<T>> all(String text) {
    var hits = new ArrayList<Hit<T>>();
    int state = ROOT;
    for (int i = 0; i < text.length(); i++) {
      state = step(state, text.charAt(i));
      for (int end = ends[state] != NONE ? state : nextEnd[state];
          end != NONE;
          end = nextEnd[end]) {
        int name = ends[end];
        hits.add(new Hit<>(names.get(name), meanings.get(name), i == text.length() - 1));
      }
    }
    return hits;
  }

  /// The longest names that occur in a text, each once: a name within a longer one that occurs is
  /// not meant.
  List<Hit<T>> longest(String text) {
    List<Hit<T>> all = all(text);
    if (all.size() < 2) {
      return all;
    }
    int length = all.stream().mapToInt(hit -> hit.name().length()).max().orElseThrow();
    var kept = new LinkedHashMap<String, Hit<T>>();
    for (Hit<T> hit : all) {
      if (hit.name().length() == length) {
        kept.merge(hit.name(), hit, (one, other) -> one.atEnd() ? one : other);
      }
    }
    return List.copyOf(kept.values());
  }

  /// Transitions by state and letter: a hash table of primitives, since there is one look-up per
  /// letter of every text.
  private static final class Edges {
    private long[] keys = new long[1 << 12];
    private int[] values = new int[1 << 12];
    private int size;

    Edges() {
      Arrays.fill(keys, -1);
    }

    int get(int state, char letter) {
      long key = key(state, letter);
      int at = place(keys, key);
      return keys[at] == key ? values[at] : NONE;
    }

    void put(int state, char letter, int next) {
      if (2 * size >= keys.length) {
        grow();
      }
      long key = key(state, letter);
      int at = place(keys, key);
      keys[at] = key;
      values[at] = next;
      size++;
    }

    private void grow() {
      var newKeys = new long[keys.length * 2];
      var newValues = new int[keys.length * 2];
      Arrays.fill(newKeys, -1);
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != -1) {
          int at = place(newKeys, keys[i]);
          newKeys[at] = keys[i];
          newValues[at] = values[i];
        }
      }
      keys = newKeys;
      values = newValues;
    }

    private static long key(int state, char letter) {
      return ((long) state << 16) | letter;
    }

    private static int place(long[] table, long key) {
      long mixed = key * 0x9E3779B97F4A7C15L;
      int at = (int) (mixed >>> 40) & (table.length - 1);
      while (table[at] != -1 && table[at] != key) {
        at = (at + 1) & (table.length - 1);
      }
      return at;
    }
  }
}
