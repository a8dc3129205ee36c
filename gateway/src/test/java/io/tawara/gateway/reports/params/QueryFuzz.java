package io.tawara.gateway.reports.params;

import io.tawara.analytics.forecast.ForecastCatalogue;
import io.tawara.analytics.inventory.TagCatalogue;
import io.tawara.analytics.inventory.TagStatement;
import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.Planner;
import io.tawara.analytics.reports.ReportCatalogue;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.reports.params.TagParameters.SenselessParameter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What Jazzer calls with bytes that it makes up (profile `fuzz`): a query string is understood or
/// refused, by every report, list of tags and forecast, and what is understood can be compiled. The
/// first byte chooses who is asked.
public final class QueryFuzz {
  private static final List<ReportDefinition> REPORTS =
      List.copyOf(ReportCatalogue.REPORTS.values());
  private static final Compiler COMPILER = new Compiler(new Planner());

  private QueryFuzz() {}

  /// The name and the parameter are Jazzer's.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int tags = REPORTS.size();
    int forecasts = tags + TagCatalogue.ALL.size();
    int choice = (input[0] & 0xFF) % (forecasts + ForecastCatalogue.ALL.size());
    String raw = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
    try {
      QueryString query = QueryString.parse(raw);
      if (choice < tags) {
        report(REPORTS.get(choice), query, input[0] % 2 == 0);
      } else if (choice < forecasts) {
        tags(query, choice - tags);
      } else {
        forecast(query, choice - forecasts);
      }
    } catch (InvalidParameters refused) {
      require(!refused.body().isEmpty(), "a refusal that says nothing");
    } catch (SenselessParameter refused) {
      require(refused.getMessage() != null, "a refusal that says nothing");
    }
  }

  private static void report(ReportDefinition report, QueryString query, boolean csv) {
    ReportParameters.Parsed parsed =
        new ReportParameters(report)
            .parse(query, Access.EVERYTHING, Contexts.plain(), ParityNames.NONE);
    CompiledQuery compiled = COMPILER.compile(parsed.query(), csv);
    int count = compiled.parameters().size();
    require(count == 0 || compiled.sql().contains("$" + count), "a parameter that is not used");
    require(!compiled.sql().contains("$" + (count + 1)), "a parameter without a value");
    // Values are bound, whatever they are.
    require(compiled.sql().indexOf('\0') < 0, "input within the statement");
  }

  private static void tags(QueryString query, int list) {
    var parsed =
        new TagParameters(TagCatalogue.ALL.get(list))
            .parse(query, Optional.empty(), Access.EVERYTHING, Contexts.plain());
    require(TagStatement.of(parsed.query()).sql().indexOf('\0') < 0, "input within the statement");
  }

  private static void forecast(QueryString query, int forecast) {
    var parsed =
        new ForecastParameters(ForecastCatalogue.ALL.get(forecast))
            .parse(query, Access.EVERYTHING, Contexts.plain(), ParityNames.NONE);
    require(parsed.limit() > 0 && parsed.offset() >= 0, "a page that is none");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
