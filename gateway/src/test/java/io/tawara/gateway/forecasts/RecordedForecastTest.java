package io.tawara.gateway.forecasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.analytics.forecast.Forecast;
import io.tawara.analytics.forecast.Forecast.Point;
import io.tawara.gateway.recordings.Recordings;
import io.tawara.gateway.recordings.Recordings.Case;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Recorded forecasts from the recorded daily costs of the same state.
class RecordedForecastTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");

  @ParameterizedTest
  @CsvSource({"S1, S1-0107, S1-0081", "S3, S3-0107, S3-0081"})
  void equalsTheRecordedForecast(String state, String past, String future) {
    JsonNode days = recorded(state, past).path("data");
    JsonNode forecasts = recorded(state, future).path("data");
    for (String block : new String[] {"infrastructure", "supplementary", "cost"}) {
      var series = new TreeMap<LocalDate, BigDecimal>();
      for (JsonNode day : days) {
        LocalDate date = LocalDate.parse(day.path("date").asText());
        JsonNode value = day.path("values").path(0).path(block).path("total").path("value");
        if (value.isNumber()
            && date.isBefore(TODAY)
            && !date.isBefore(TODAY.minusDays(Forecast.DAYS_OF_PAST))) {
          series.put(date, value.decimalValue());
        }
      }
      Forecast forecast = Forecast.of(series, TODAY).orElseThrow();
      assertThat(forecast.points()).hasSize(forecasts.size());
      for (int i = 0; i < forecasts.size(); i++) {
        Point point = forecast.points().get(i);
        JsonNode wanted = forecasts.get(i).path("values").path(0).path(block);
        assertThat(point.day()).hasToString(forecasts.get(i).path("date").asText());
        same(point.value(), wanted.path("total"));
        same(point.low(), wanted.path("confidence_min"));
        same(point.high(), wanted.path("confidence_max"));
        assertThat(forecast.rSquared()).isEqualTo(wanted.path("rsquared").path("value").asText());
        assertThat(forecast.pValues())
            .containsExactly(
                wanted.path("pvalues").path("value").path(0).asText(),
                wanted.path("pvalues").path("value").path(1).asText());
      }
    }
  }

  private static void same(BigDecimal actual, JsonNode wanted) {
    assertThat(actual.doubleValue()).isCloseTo(wanted.path("value").asDouble(), within(1e-9));
  }

  private static JsonNode recorded(String state, String id) {
    return Recordings.of("onprem", state).stream()
        .filter(each -> each.id().equals(id))
        .map(Case::response)
        .findFirst()
        .orElseThrow();
  }
}
