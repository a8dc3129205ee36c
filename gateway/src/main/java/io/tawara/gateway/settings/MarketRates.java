package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.TreeMap;

/// The factors between all currencies that have a market rate.
final class MarketRates {
  private final GatewayServices services;

  MarketRates(GatewayServices services) {
    this.services = services;
  }

  Future<Answer> matrix(Request request) {
    return services
        .reads()
        .publicQuery(
            "select currency_code, rate from market_exchange_rate order by currency_code",
            Tuple.tuple())
        .map(
            rows -> {
              var rates = new TreeMap<String, BigDecimal>();
              for (Row row : rows) {
                rates.put(row.getString(0), row.getBigDecimal(1));
              }
              if (rates.isEmpty()) {
                throw HttpError.plain(
                    404,
                    Json.object()
                        .put(
                            "detail",
                            "No exchange rates are available. Configure CURRENCY_URL for dynamic"
                                + " rates or ensure exchange rate data has been loaded."));
              }
              return Answer.json(matrix(rates));
            });
  }

  private static ObjectNode matrix(Map<String, BigDecimal> rates) {
    ObjectNode matrix = Json.object();
    rates.forEach(
        (base, baseRate) -> {
          ObjectNode targets = matrix.putObject(base);
          rates.forEach(
              (target, targetRate) ->
                  targets.put(
                      target, targetRate.divide(baseRate, MathContext.DECIMAL64).doubleValue()));
        });
    return matrix;
  }
}
