package io.tawara.analytics.forecast;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.statistics.distribution.TDistribution;
import org.hipparchus.stat.descriptive.rank.Percentile;
import org.hipparchus.stat.regression.SimpleRegression;

/// What a daily series will be until the end of the month: a straight line through its past, with a
/// 95 % prediction interval (reports-api §11).
///
/// @param points from the current day on, in order
/// @param rSquared the share of the variance that the line explains, eight decimals or `nan`
/// @param pValues of intercept and slope, eight decimals or `nan`
public record Forecast(List<Point> points, String rSquared, List<String> pValues) {
  /// How many days of the past a forecast looks at; they end with the day before the current one.
  public static final int DAYS_OF_PAST = 31;

  private static final int FEWEST_VALUES = 8;
  private static final double OUTLIER_RANGES = 1.5;
  private static final double CONFIDENCE = 0.975;
  private static final int DECIMALS = 3;

  /// One day of the future; amounts have three decimals and are never negative.
  public record Point(LocalDate day, BigDecimal value, BigDecimal low, BigDecimal high) {}

  public Forecast {
    points = List.copyOf(points);
    pValues = List.copyOf(pValues);
  }

  /// The forecast of a series; empty when fewer than eight values remain without outliers.
  ///
  /// @param daily the past; days without data are absent
  /// @param today the first day that is forecast
  public static Optional<Forecast> of(SortedMap<LocalDate, BigDecimal> daily, LocalDate today) {
    var kept = withoutOutliers(daily);
    if (kept.size() < FEWEST_VALUES) {
      return Optional.empty();
    }
    LocalDate first = kept.firstKey();
    var line = new SimpleRegression();
    kept.forEach((day, value) -> line.addData(ChronoUnit.DAYS.between(first, day), value));
    double degrees = line.getN() - 2.0;
    var distribution = TDistribution.of(degrees);
    double quantile = distribution.inverseCumulativeProbability(CONFIDENCE);
    var points = new ArrayList<Point>();
    for (LocalDate day : future(today)) {
      double x = ChronoUnit.DAYS.between(first, day);
      double deviation = x - mean(kept, first);
      double leverage = 1.0 / line.getN() + deviation * deviation / line.getXSumSquares();
      double half = quantile * Math.sqrt(line.getMeanSquareError() * (1.0 + leverage));
      double value = line.predict(x);
      points.add(new Point(day, amount(value), amount(value - half), amount(value + half)));
    }
    return Optional.of(
        new Forecast(
            points,
            decimals(line.getTotalSumSquares() == 0 ? Double.NaN : line.getRSquare()),
            List.of(
                pValue(distribution, line.getIntercept(), line.getInterceptStdErr()),
                pValue(distribution, line.getSlope(), line.getSlopeStdErr()))));
  }

  /// The days from a day to the end of its month.
  private static List<LocalDate> future(LocalDate today) {
    return today.datesUntil(YearMonth.from(today).atEndOfMonth().plusDays(1)).toList();
  }

  private static TreeMap<LocalDate, Double> withoutOutliers(
      SortedMap<LocalDate, BigDecimal> daily) {
    var kept = new TreeMap<LocalDate, Double>();
    if (daily.isEmpty()) {
      return kept;
    }
    double[] values = daily.values().stream().mapToDouble(BigDecimal::doubleValue).toArray();
    var quartiles = new Percentile().withEstimationType(Percentile.EstimationType.R_7);
    quartiles.setData(values);
    double lower = quartiles.evaluate(25);
    double upper = quartiles.evaluate(75);
    double reach = OUTLIER_RANGES * (upper - lower);
    for (Map.Entry<LocalDate, BigDecimal> entry : daily.entrySet()) {
      double value = entry.getValue().doubleValue();
      if (value >= lower - reach && value <= upper + reach) {
        kept.put(entry.getKey(), value);
      }
    }
    return kept;
  }

  private static double mean(SortedMap<LocalDate, Double> kept, LocalDate first) {
    return kept.keySet().stream()
        .mapToLong(day -> ChronoUnit.DAYS.between(first, day))
        .average()
        .orElseThrow();
  }

  private static String pValue(TDistribution distribution, double estimate, double error) {
    return decimals(2 * distribution.survivalProbability(Math.abs(estimate / error)));
  }

  private static String decimals(double value) {
    return Double.isNaN(value) ? "nan" : String.format(Locale.ROOT, "%.8f", value);
  }

  private static BigDecimal amount(double value) {
    return new BigDecimal(Math.max(value, 0.0)).setScale(DECIMALS, RoundingMode.HALF_EVEN);
  }
}
