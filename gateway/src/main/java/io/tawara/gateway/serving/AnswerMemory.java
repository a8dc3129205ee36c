package io.tawara.gateway.serving;

import io.tawara.gateway.http.HttpError;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that answers have together from their first row until their last byte has left.
/// Whoever wants more than one answer may have is refused (400); what is large and finds no room
/// beside others is told to come back (503). So no question and no slow client takes the process
/// down, and large answers are in the way of nothing but each other.
public final class AnswerMemory {
  private static final int RETRY_SECONDS = 5;

  /// This part of what one answer may have is small.
  private static final int SMALL = 8;

  private final long together;
  private final long one;
  private final AtomicLong taken = new AtomicLong();

  /// @param together bytes of all answers
  /// @param one bytes of one answer
  AnswerMemory(long together, long one) {
    this.together = together;
    this.one = one;
  }

  /// What is there already, and so cannot be refused.
  void take(long bytes) {
    taken.addAndGet(bytes);
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /// The share of an answer that is about to be made.
  Share share() {
    return new Share(this);
  }

  /// What one answer has taken while it is made. Used by one thread at a time.
  public static final class Share {
    private final AnswerMemory memory;
    private long mine;

    private Share(AnswerMemory memory) {
      this.memory = memory;
    }

    /// Takes more.
    ///
    /// @throws HttpError 400 when that is too much for one answer, 503 when others have it and this
    ///   one is not small
    public void take(long bytes) {
      if (mine + bytes > memory.one) {
        throw HttpError.of(
            400,
            "The answer takes more than %d MB. Ask for fewer groups (filter[limit]), days, or a filter."
                .formatted(memory.one >> 20),
            "detail");
      }
      boolean small = mine + bytes <= memory.one / SMALL;
      if (memory.taken.addAndGet(bytes) > memory.together && !small) {
        memory.give(bytes);
        throw HttpError.busy("Too many large answers at once.", RETRY_SECONDS);
      }
      mine += bytes;
    }

    /// Gives back a part.
    public void give(long bytes) {
      mine -= bytes;
      memory.give(bytes);
    }

    /// Gives back everything.
    void end() {
      give(mine);
    }
  }
}
