package io.tawara.analytics.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");

  @Test
  void aLineGoesOnUntilTheEndOfTheMonth() {
    Forecast forecast = Forecast.of(series(10, day -> 100 + 2.5 * day), TODAY).orElseThrow();

    assertThat(forecast.points()).hasSize(11);
    assertThat(forecast.points().getFirst().day()).isEqualTo(TODAY);
    assertThat(forecast.points().getFirst().value()).isEqualByComparingTo("125");
    assertThat(forecast.points().getLast().day()).isEqualTo(LocalDate.parse("2026-11-30"));
    assertThat(forecast.points().getLast().value()).isEqualByComparingTo("150");
    assertThat(forecast.rSquared()).isEqualTo("1.00000000");
  }

  @Test
  void anOutlierDoesNotBendTheLine() {
    SortedMap<LocalDate, BigDecimal> series = series(10, day -> 100 + day);
    series.put(TODAY.minusDays(4), new BigDecimal("100000"));

    Forecast forecast = Forecast.of(series, TODAY).orElseThrow();

    assertThat(forecast.points().getFirst().value()).isEqualByComparingTo("110");
  }

  @Test
  void daysWithoutDataAreGapsAndNotZero() {
    SortedMap<LocalDate, BigDecimal> series = series(12, day -> 10 * day);
    series.remove(TODAY.minusDays(5));
    series.remove(TODAY.minusDays(6));

    assertThat(Forecast.of(series, TODAY).orElseThrow().points().getFirst().value())
        .isEqualByComparingTo("120");
  }

  @Test
  void sevenValuesAreTooFew() {
    assertThat(Forecast.of(series(7, day -> day), TODAY)).isEmpty();
    assertThat(Forecast.of(new TreeMap<>(), TODAY)).isEmpty();
  }

  @Test
  void nothingButZerosExplainsNothing() {
    Forecast forecast = Forecast.of(series(31, _ -> 0), TODAY).orElseThrow();

    assertThat(forecast.rSquared()).isEqualTo("nan");
    assertThat(forecast.pValues()).containsExactly("nan", "nan");
    assertThat(forecast.points())
        .allSatisfy(point -> assertThat(point.high()).isEqualByComparingTo("0"));
  }

  @Test
  void neverBelowZero() {
    Forecast forecast = Forecast.of(series(10, day -> 50 - 5 * day), TODAY).orElseThrow();

    assertThat(forecast.points().getLast().value()).isEqualByComparingTo("0");
    assertThat(forecast.points().getLast().low()).isEqualByComparingTo("0");
  }

  /// Values of the days before the current one; the function takes the index from the first day on.
  private static SortedMap<LocalDate, BigDecimal> series(int days, IntToDoubleFunction value) {
    var series = new TreeMap<LocalDate, BigDecimal>();
    for (int day = 0; day < days; day++) {
      series.put(TODAY.minusDays(days - day), BigDecimal.valueOf(value.applyAsDouble(day)));
    }
    return series;
  }
}
