package io.tawara.gateway.reports.params;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.forecast.ForecastCatalogue;
import io.tawara.analytics.inventory.TagCatalogue;
import io.tawara.analytics.inventory.TagStatement;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.reports.params.TagParameters.SenselessParameter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Parameters of lists of tags and of forecasts: any query string is understood or refused, and
/// what is understood never leaves what is granted.
class ListParametersTest {
  private static final List<String> GRANTED = List.of("one", "two");

  @Property(tries = 2_000)
  void anyQueryOfTagsIsUnderstoodOrRefused(@ForAll("queries") String query, @ForAll boolean ofKey) {
    for (var list : TagCatalogue.ALL) {
      try {
        var parsed =
            new TagParameters(list)
                .parse(
                    QueryString.parse(query),
                    ofKey ? Optional.of("app") : Optional.empty(),
                    Access.EVERYTHING,
                    Contexts.plain());
        assertThat(TagStatement.of(parsed.query()).sql()).startsWith("with list as");
        assertThat(parsed.query().limit()).isBetween(1, 1000);
      } catch (InvalidParameters refused) {
        assertThat(refused.body()).isNotEmpty();
      } catch (SenselessParameter refused) {
        assertThat(refused).hasMessageStartingWith("Invalid query parameter");
      }
    }
  }

  @Property(tries = 1_000)
  void anyQueryOfForecastsIsUnderstoodOrRefused(@ForAll("queries") String query) {
    for (var forecast : ForecastCatalogue.ALL) {
      try {
        var parsed =
            new ForecastParameters(forecast)
                .parse(
                    QueryString.parse(query),
                    Access.EVERYTHING,
                    Contexts.plain(),
                    ParityNames.NONE);
        assertThat(parsed.limit()).isPositive();
        assertThat(parsed.offset()).isNotNegative();
      } catch (InvalidParameters refused) {
        assertThat(refused.body()).isNotEmpty();
      }
    }
  }

  @Property(tries = 1_000)
  void whatIsUnderstoodStaysWithinTheAccessList(@ForAll("queries") String query)
      throws IOException {
    Access access =
        Access.ofEntries(
            List.of(
                Json.read(
                    """
                    {"permission": "cost-management:openshift.cluster:read",
                     "resourceDefinitions": [{"attributeFilter":
                       {"operation": "in", "value": ["one", "two"]}}]}
                    """
                        .getBytes(StandardCharsets.UTF_8))));
    try {
      var parsed =
          new TagParameters(TagCatalogue.OPENSHIFT)
              .parse(QueryString.parse(query), Optional.empty(), access, Contexts.plain());
      assertThat(parsed.query().access().granted()).containsKey("cluster");
      assertThat(GRANTED).containsAll(parsed.query().access().granted().get("cluster"));
      assertThat(TagStatement.of(parsed.query()).sql()).contains("t.cluster_id::text = any(");
    } catch (InvalidParameters | SenselessParameter refused) {
      assertThat(refused).isNotNull();
    } catch (io.tawara.core.error.TawaraException forbidden) {
      assertThat(forbidden.category())
          .isEqualTo(io.tawara.core.error.TawaraException.Category.FORBIDDEN);
    }
  }

  @Provide
  Arbitrary<String> queries() {
    Arbitrary<String> prefix = Arbitraries.of("", "", "", "and:", "or:", "exact:", "tag:");
    Arbitrary<String> sub =
        Arbitraries.oneOf(
            Arbitraries.of(
                "project",
                "cluster",
                "node",
                "category",
                "enabled",
                "type",
                "key",
                "value",
                "resolution",
                "time_scope_value",
                "time_scope_units",
                "limit",
                "offset"),
            Arbitraries.strings().ofMaxLength(5));
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.of(
                "*",
                "one",
                "one,two",
                "three",
                "true",
                "false",
                "pod",
                "-1",
                "-10",
                "0",
                "5",
                "daily",
                "month",
                "2026-11-01",
                "EUR",
                "",
                "Platform"),
            Arbitraries.strings().ofMaxLength(12));
    Arbitrary<String> map =
        Combinators.combine(Arbitraries.of("filter", "exclude", "group_by"), prefix, sub)
            .as((name, before, key) -> name + "[" + before + key + "]");
    Arbitrary<String> scalar =
        Arbitraries.of(
            "limit", "offset", "key_only", "start_date", "end_date", "currency", "category", "foo");
    return Combinators.combine(Arbitraries.oneOf(map, scalar), value)
        .as((name, given) -> encoded(name) + "=" + encoded(given))
        .list()
        .ofMaxSize(5)
        .map(elements -> String.join("&", elements));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
