package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.RateTables;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.Problems;
import io.tawara.core.settings.AccountSettings;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.costmodels.CurrencyRules;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.identity.Caller;
import java.math.BigDecimal;
import java.util.Optional;

/// What an organisation sets for its reports and data (`settings.md` §8, §9). Blocking.
final class AccountChanges {
  private static final String MONTHS = "data_retention_months";

  private final GatewayServices services;
  private final Currencies currencies;
  private final DataRetention retention;

  AccountChanges(GatewayServices services, Currencies currencies) {
    this.services = services;
    this.currencies = currencies;
    this.retention = new DataRetention(services.config().settings().retainMonths());
  }

  /// The settings that have an address of their own.
  enum Setting {
    CURRENCY("currency", "currency"),
    COST_TYPE("cost-type", "cost_type");

    private final String path;
    private final String field;

    Setting(String path, String field) {
      this.path = path;
      this.field = field;
    }

    static Setting of(String path) {
      for (Setting setting : values()) {
        if (setting.path.equals(path)) {
          return setting;
        }
      }
      throw notASetting();
    }

    ObjectNode view(AccountSettings settings) {
      return Json.object()
          .put(
              field,
              switch (this) {
                case CURRENCY -> settings.currency();
                case COST_TYPE -> settings.costType();
              });
    }
  }

  static HttpError notASetting() {
    return HttpError.of(404, "Invalid not a user setting", "detail");
  }

  static ObjectNode all(AccountSettings settings) {
    return Json.object().put("currency", settings.currency()).put("cost_type", settings.costType());
  }

  AccountSettings load(TenantSchema tenant) {
    return services
        .database()
        .tenant(tenant, connection -> AccountSettings.load(connection, defaultCurrency()));
  }

  private String defaultCurrency() {
    return services.config().settings().defaultCurrency();
  }

  void set(Caller caller, Setting setting, JsonNode body) {
    change(
        caller,
        change -> {
          var problems = new Problems();
          var fields = Fields.ofBody(body, problems);
          AccountSettings old = AccountSettings.load(change.connection(), defaultCurrency());
          Optional<String> value =
              switch (setting) {
                case CURRENCY ->
                    new CurrencyRules(currencies)
                        .enabled(
                            fields,
                            setting.field,
                            Need.REQUIRED,
                            RateTables.enabled(change.connection()));
                case COST_TYPE -> costType(fields, setting.field);
              };
          problems.check();
          AccountSettings changed =
              switch (setting) {
                case CURRENCY -> new AccountSettings(value.orElseThrow(), old.costType());
                case COST_TYPE -> new AccountSettings(old.currency(), value.orElseThrow());
              };
          changed.store(change.connection());
          return null;
        });
  }

  private static Optional<String> costType(Fields fields, String name) {
    Optional<String> text = fields.text(name, Need.REQUIRED, Blank.ALLOWED, Integer.MAX_VALUE);
    if (text.isPresent() && CostType.of(text.get()).isEmpty()) {
      fields.problem(name, "\"" + text.get() + "\" is not a valid choice.");
      return Optional.empty();
    }
    return text;
  }

  ObjectNode retention(TenantSchema tenant) {
    int months = services.database().tenant(tenant, retention::months);
    return Json.object()
        .put(MONTHS, months)
        .put("env_override", retention.isFixed())
        .put("min_retention_months", DataRetention.FEWEST_MONTHS)
        .put("max_retention_months", DataRetention.MOST_MONTHS);
  }

  void setRetention(Caller caller, JsonNode body) {
    if (retention.isFixed()) {
      throw HttpError.plain(
          403,
          Json.object()
              .put(
                  "error",
                  "Data retention is controlled by the RETAIN_NUM_MONTHS environment variable and"
                      + " cannot be modified via the API."));
    }
    var problems = new Problems();
    var fields = Fields.ofBody(body, problems);
    Optional<BigDecimal> months = fields.value(MONTHS, Need.REQUIRED).flatMap(Fields::number);
    if (months.isPresent() && months.get().stripTrailingZeros().scale() > 0) {
      months = Optional.empty();
    }
    if (months.isEmpty() && fields.raw(MONTHS).filter(sent -> !sent.isNull()).isPresent()) {
      fields.problem(MONTHS, "A valid integer is required.");
    }
    months.ifPresent(number -> bounded(fields, number));
    problems.check();
    int number = months.orElseThrow().intValueExact();
    change(
        caller,
        change -> {
          DataRetention.set(change.connection(), number);
          return null;
        });
  }

  private static void bounded(Fields fields, BigDecimal months) {
    if (months.compareTo(BigDecimal.valueOf(DataRetention.FEWEST_MONTHS)) < 0) {
      fields.problem(
          MONTHS,
          "Ensure this value is greater than or equal to " + DataRetention.FEWEST_MONTHS + ".");
    } else if (months.compareTo(BigDecimal.valueOf(DataRetention.MOST_MONTHS)) > 0) {
      fields.problem(
          MONTHS, "Ensure this value is less than or equal to " + DataRetention.MOST_MONTHS + ".");
    }
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }
}
