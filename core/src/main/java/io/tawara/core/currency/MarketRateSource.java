package io.tawara.core.currency;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.TreeMap;

/// Asks the configured address for market rates: a JSON object with a map `rates` of currency code
/// to units per one unit of the service's base. Only that address is asked, redirects are not
/// followed, and time and size of the answer are bounded. Blocking.
public final class MarketRateSource implements AutoCloseable {
  private static final int RETRIES = 5;

  private final ObjectMapper json =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(16).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private final CurrencyConfig config;
  private final Currencies currencies;
  private final HttpClient client;
  private final RetryPolicy<Object> retry;

  public MarketRateSource(CurrencyConfig config, Currencies currencies) {
    this.config = config;
    this.currencies = currencies;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.timeout())
            .build();
    this.retry =
        RetryPolicy.builder()
            .handle(IOException.class)
            .withMaxRetries(RETRIES)
            .withBackoff(100, 2000, ChronoUnit.MILLIS)
            .build();
  }

  /// Whether there is anybody to ask.
  public boolean configured() {
    return config.source().isPresent();
  }

  /// Fetches the positive rates of known currencies, by code. Nothing without a source.
  ///
  /// @throws TawaraException of category UNAVAILABLE when the source does not answer, INPUT when
  ///   its answer is none
  public SortedMap<String, BigDecimal> fetch() {
    if (config.source().isEmpty()) {
      return new TreeMap<>();
    }
    try {
      return rates(Failsafe.with(retry).get(() -> ask(config.source().get())));
    } catch (FailsafeException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "the source of exchange rates does not answer", failure.getCause());
    }
  }

  private byte[] ask(URI address) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(config.timeout())
            .header("Accept", "application/json")
            .GET()
            .build();
    var response = client.send(request, BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      byte[] bytes = body.readNBytes(config.maxBytes() + 1);
      if (bytes.length > config.maxBytes()) {
        throw new TawaraException(
            Category.LIMIT, "exchange rates: more than " + config.maxBytes() + " bytes");
      }
      return bytes;
    }
  }

  private SortedMap<String, BigDecimal> rates(byte[] answer) {
    JsonNode sent;
    try {
      sent = json.readTree(answer).path("rates");
    } catch (IOException broken) {
      throw new TawaraException(Category.INPUT, "exchange rates: not JSON", broken);
    }
    var found = new TreeMap<String, BigDecimal>();
    sent.properties()
        .forEach(
            entry -> {
              JsonNode rate = entry.getValue();
              if (rate.isNumber() && rate.decimalValue().signum() > 0) {
                currencies
                    .find(entry.getKey())
                    .ifPresent(currency -> found.put(currency.code(), rate.decimalValue()));
              }
            });
    if (found.isEmpty()) {
      throw new TawaraException(Category.INPUT, "exchange rates: the answer has no usable rates");
    }
    return found;
  }

  @Override
  public void close() {
    client.close();
  }
}
