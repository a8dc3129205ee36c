package io.tawara.gateway.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptAnswersTest {
  private static final int SIZE = 100_000;

  private final KeptAnswers<String> kept = new KeptAnswers<>(3 * SIZE, 2 * SIZE);

  @Test
  void whatNobodyHasAskedForLongestGoesFirst() {
    put("a", SIZE * 3 / 4);
    put("b", SIZE * 3 / 4);
    put("c", SIZE * 3 / 4);
    kept.get("a");
    put("d", SIZE * 3 / 2);
    assertThat(kept.get("a")).isNotNull();
    assertThat(kept.get("b")).isNull();
    assertThat(kept.get("d")).isNotNull();
  }

  @Test
  void whatWasPopularDoesNotKeepOutWhatIsAskedForNow() {
    put("popular", SIZE * 3 / 2);
    for (int i = 0; i < 10_000; i++) {
      kept.get("popular");
    }
    put("new", SIZE * 7 / 4);
    assertThat(kept.get("new")).isNotNull();
  }

  @Test
  void whatIsTooLargeAloneIsNotKept() {
    put("a", SIZE);
    put("large", 2 * SIZE);
    assertThat(kept.get("large")).isNull();
    assertThat(kept.get("a")).isNotNull();
  }

  @Test
  void formsCount() {
    Vertx vertx = Vertx.vertx();
    try {
      put("a", SIZE);
      Kept answer = put("b", SIZE * 3 / 2);
      // What is random does not get smaller.
      answer.form(Coding.GZIP, vertx).await();
      kept.weighAgain("b", answer);
      assertThat(kept.get("b")).as("larger than one may be").isNull();
      assertThat(kept.get("a")).isNotNull();
    } finally {
      vertx.close().await();
    }
  }

  private Kept put(String key, int size) {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    var answer =
        new Kept(
            Buffer.buffer(bytes), "text/plain", new AnswerMemory(Long.MAX_VALUE, Long.MAX_VALUE));
    kept.put(key, answer);
    return answer;
  }
}
