package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.RateTables;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.input.Problems;
import io.tawara.core.settings.TenantChange;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.costmodels.CurrencyRules;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.identity.Caller;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Exchange rates that people set (`cost-models.md` §5). Months that are over are not touched.
/// Blocking.
final class StaticRates {
  private static final String NON_FIELD = "non_field_errors";
  private static final int CODE_LENGTH = 5;

  private final GatewayServices services;
  private final Currencies currencies;

  StaticRates(GatewayServices services, Currencies currencies) {
    this.services = services;
    this.currencies = currencies;
  }

  ObjectNode create(Caller caller, JsonNode body) {
    return change(
        caller,
        change -> {
          Connection connection = change.connection();
          Instant now = services.clock().instant().truncatedTo(ChronoUnit.MICROS);
          StaticRate rate = read(body, services.ids().next(), now, now);
          if (rate.start().isBefore(current().atDay(1))) {
            throw pastMonth();
          }
          free(rate, all(connection));
          write(
              connection,
              """
              insert into static_exchange_rate (
                base_currency, target_currency, exchange_rate, start_date, end_date,
                created_timestamp, updated_timestamp, uuid)
              values (?, ?, ?, ?, ?, ?, ?, ?)
              """,
              rate);
          RateTables.fillFromStatic(connection, current());
          return rate.view();
        });
  }

  ObjectNode update(Caller caller, UUID id, JsonNode body) {
    return change(
        caller,
        change -> {
          Connection connection = change.connection();
          StaticRate old = find(connection, id);
          Instant now = services.clock().instant().truncatedTo(ChronoUnit.MICROS);
          StaticRate rate = read(body, id, old.created(), now);
          allowed(old, rate);
          free(rate, all(connection));
          write(
              connection,
              """
              update static_exchange_rate set
                base_currency = ?, target_currency = ?, exchange_rate = ?, start_date = ?,
                end_date = ?, created_timestamp = ?, updated_timestamp = ?
              where uuid = ?
              """,
              rate);
          if (!rate.sameScope(old) && old.covers(current())) {
            RateTables.removeStatic(connection, old.base(), old.target(), current());
          }
          RateTables.fillFromStatic(connection, current());
          return rate.view();
        });
  }

  void delete(Caller caller, UUID id) {
    change(
        caller,
        change -> {
          Connection connection = change.connection();
          StaticRate old = find(connection, id);
          if (old.start().isBefore(current().atDay(1))) {
            throw new InvalidInputException(null, "Rates with finalized months cannot be deleted.");
          }
          try (var statement =
              connection.prepareStatement("delete from static_exchange_rate where uuid = ?")) {
            statement.setObject(1, id);
            statement.executeUpdate();
          }
          if (old.covers(current())) {
            RateTables.removeStatic(connection, old.base(), old.target(), current());
          }
          return null;
        });
  }

  private YearMonth current() {
    return YearMonth.from(services.clock().instant().atOffset(ZoneOffset.UTC));
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }

  private StaticRate read(JsonNode body, UUID id, Instant created, Instant updated) {
    var problems = new Problems();
    var fields = Fields.ofBody(body, problems);
    Optional<String> base = code(fields, "base_currency");
    Optional<String> target = code(fields, "target_currency");
    Optional<BigDecimal> rate = fields.decimal("exchange_rate", Need.REQUIRED, 33, 15);
    if (rate.filter(number -> number.signum() <= 0).isPresent()) {
      fields.problem("exchange_rate", "Exchange rate must be strictly positive.");
    }
    Optional<LocalDate> start = fields.date("start_date", Need.REQUIRED);
    if (start.filter(day -> day.getDayOfMonth() != 1).isPresent()) {
      fields.problem("start_date", "start_date must be the first day of a month.");
    }
    Optional<LocalDate> end = fields.date("end_date", Need.REQUIRED);
    if (end.filter(day -> day.getDayOfMonth() != day.lengthOfMonth()).isPresent()) {
      fields.problem("end_date", "end_date must be the last day of a month.");
    }
    problems.check();
    if (base.equals(target)) {
      throw new InvalidInputException(
          NON_FIELD, "Base currency and target currency must be different.");
    }
    if (end.orElseThrow().isBefore(start.orElseThrow())) {
      throw new InvalidInputException(NON_FIELD, "End date must be on or after start date.");
    }
    return new StaticRate(
        id,
        base.orElseThrow(),
        target.orElseThrow(),
        rate.orElseThrow(),
        start.get(),
        end.get(),
        created,
        updated);
  }

  private Optional<String> code(Fields fields, String name) {
    boolean tooLong =
        fields.raw(name).filter(sent -> sent.asText().length() > CODE_LENGTH).isPresent();
    if (tooLong) {
      fields.problem(name, Fields.atMost(CODE_LENGTH));
      return Optional.empty();
    }
    return new CurrencyRules(currencies).known(fields, name, Need.REQUIRED);
  }

  private static InvalidInputException pastMonth() {
    return new InvalidInputException(NON_FIELD, "Start date cannot be in a past month.");
  }

  /// What may still be changed of a rate, depending on which of its months are over.
  private void allowed(StaticRate old, StaticRate rate) {
    LocalDate current = current().atDay(1);
    if (!rate.base().equals(old.base())) {
      throw new InvalidInputException(
          NON_FIELD,
          "Base currency cannot be modified. Delete and recreate the exchange rate instead.");
    }
    if (old.end().isBefore(current)) {
      throw new InvalidInputException(
          NON_FIELD,
          "This rate ended on "
              + old.end()
              + " and all its months have been finalized. To set a new rate, create a new record"
              + " starting from the current month.");
    }
    if (!old.start().isBefore(current)) {
      if (rate.start().isBefore(current)) {
        throw pastMonth();
      }
      return;
    }
    if (!rate.target().equals(old.target())) {
      throw new InvalidInputException(
          NON_FIELD, "Target currency cannot be changed because this rate has finalized months.");
    }
    if (!rate.start().equals(old.start())) {
      throw new InvalidInputException(
          NON_FIELD,
          "Start date cannot be changed because this rate has finalized months. Shrink the"
              + " end_date instead, then create a new rate for the remaining period.");
    }
    if (rate.end().isBefore(current.minusDays(1))) {
      throw new InvalidInputException(
          NON_FIELD,
          "End date cannot be earlier than the previous month when shrinking a finalized rate.");
    }
  }

  private static void free(StaticRate rate, List<StaticRate> all) {
    for (StaticRate other : all) {
      if (other.id().equals(rate.id())) {
        continue;
      }
      if (rate.sameScope(other)) {
        throw new InvalidInputException(
            NON_FIELD,
            "The fields base_currency, target_currency, start_date, end_date must make a unique"
                + " set.");
      }
    }
    for (StaticRate other : all) {
      if (!other.id().equals(rate.id()) && rate.overlaps(other)) {
        throw new InvalidInputException(
            NON_FIELD,
            "Overlaps with existing rate %s (%s to %s)."
                .formatted(other.name(), other.start(), other.end()));
      }
    }
  }

  private static StaticRate find(Connection connection, UUID id) throws SQLException {
    return all(connection).stream()
        .filter(rate -> rate.id().equals(id))
        .findFirst()
        .orElseThrow(() -> HttpError.noMatch("StaticExchangeRate"));
  }

  /// Every static rate, by pair, the latest first.
  static List<StaticRate> all(Connection connection) throws SQLException {
    var found = new ArrayList<StaticRate>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select uuid, base_currency, target_currency, exchange_rate, start_date, end_date,
                       created_timestamp, updated_timestamp
                from static_exchange_rate
                order by base_currency, start_date desc, target_currency
                """)) {
      while (rows.next()) {
        found.add(
            new StaticRate(
                rows.getObject(1, UUID.class),
                rows.getString(2),
                rows.getString(3),
                rows.getBigDecimal(4),
                rows.getObject(5, LocalDate.class),
                rows.getObject(6, LocalDate.class),
                rows.getObject(7, OffsetDateTime.class).toInstant(),
                rows.getObject(8, OffsetDateTime.class).toInstant()));
      }
    }
    return found;
  }

  private static void write(Connection connection, String sql, StaticRate rate)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, rate.base());
      statement.setString(2, rate.target());
      statement.setBigDecimal(3, rate.rate());
      statement.setObject(4, rate.start());
      statement.setObject(5, rate.end());
      statement.setObject(6, rate.created().atOffset(ZoneOffset.UTC));
      statement.setObject(7, rate.updated().atOffset(ZoneOffset.UTC));
      statement.setObject(8, rate.id());
      statement.executeUpdate();
    }
  }
}
