/// Forecasts of daily series.
package io.tawara.analytics.forecast;
