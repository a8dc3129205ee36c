package io.tawara.app;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;

/// The rooms of `docs/design/house.md`, and the laws that code can be checked for.
@AnalyzeClasses(packages = "io.tawara", importOptions = HouseRulesTest.NoTests.class)
class HouseRulesTest {
  /// Tests may do what they like.
  static final class NoTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("/test/");
    }
  }

  @ArchTest
  static final ArchRule ROOMS_USE_ONLY_WHAT_THEY_MAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("core")
          .definedBy("io.tawara.core..")
          .layer("sql")
          .definedBy("io.tawara.sql..")
          .layer("catalog")
          .definedBy("io.tawara.catalog..")
          .layer("embedded")
          .definedBy("io.tawara.embedded..")
          .layer("ingest")
          .definedBy("io.tawara.ingest..")
          .layer("analytics")
          .definedBy("io.tawara.analytics..")
          .layer("gateway")
          .definedBy("io.tawara.gateway..")
          .layer("app")
          .definedBy("io.tawara.app..")
          .optionalLayer("bench")
          .definedBy("io.tawara.bench..")
          .whereLayer("core")
          .mayNotAccessAnyLayer()
          .whereLayer("sql")
          .mayOnlyAccessLayers("core")
          .whereLayer("catalog")
          .mayOnlyAccessLayers("core", "sql")
          .whereLayer("embedded")
          .mayOnlyAccessLayers("core")
          .whereLayer("ingest")
          .mayOnlyAccessLayers("core", "sql", "catalog")
          .whereLayer("analytics")
          .mayOnlyAccessLayers("core", "sql", "catalog")
          .whereLayer("gateway")
          .mayOnlyAccessLayers("core", "sql", "analytics")
          .because("data goes one way; docs/design/house.md has the table");

  @ArchTest
  static final ArchRule CORE_KNOWS_NEITHER_HTTP_SERVER_NOR_KAFKA =
      noClasses()
          .that()
          .resideInAPackage("io.tawara.core..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "org.apache.kafka..");

  @ArchTest
  static final ArchRule INGESTION_KNOWS_NO_HTTP_SERVER =
      noClasses()
          .that()
          .resideInAnyPackage("io.tawara.ingest..", "io.tawara.analytics..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");

  @ArchTest
  static final ArchRule TIME_IS_PASSED_IN =
      nobodyOutsideOfAppCalls(
          "java.time.Clock",
          "systemUTC",
          "java.time.Clock",
          "systemDefaultZone",
          "java.time.Instant",
          "now",
          "java.time.LocalDate",
          "now",
          "java.time.LocalDateTime",
          "now",
          "java.time.OffsetDateTime",
          "now",
          "java.time.ZonedDateTime",
          "now",
          "java.lang.System",
          "currentTimeMillis");

  @ArchTest
  static final ArchRule THE_ENVIRONMENT_IS_READ_ONCE =
      nobodyOutsideOfAppCalls("java.lang.System", "getenv");

  @ArchTest
  static final ArchRule IDS_ARE_PASSED_IN =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.tawara.core.ids..", "io.tawara.app..", "io.tawara.bench..")
          .should()
          .callMethod(java.util.UUID.class, "randomUUID");

  @ArchTest
  static final ArchRule NOTHING_STATIC_CHANGES =
      fields()
          .that()
          .areStatic()
          .and(notMadeByTheCompiler())
          .should()
          .beFinal()
          .because("state belongs to objects that are put together in io.tawara.app");

  @ArchTest
  static void thereAreClassesOfEveryRoom(JavaClasses classes) {
    for (String room :
        new String[] {
          "core", "sql", "catalog", "embedded", "ingest", "analytics", "gateway", "app"
        }) {
      if (classes.that(resideInAPackage("io.tawara." + room + "..")).isEmpty()) {
        throw new AssertionError("no classes of " + room + ": the rules would prove nothing");
      }
    }
  }

  private static DescribedPredicate<JavaField> notMadeByTheCompiler() {
    return DescribedPredicate.describe(
        "not made by the compiler",
        field ->
            !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !field.getName().startsWith("$"));
  }

  /// @param calls class and method by turns
  private static ArchRule nobodyOutsideOfAppCalls(String... calls) {
    ClassesShouldConjunction rule =
        noClasses()
            .that()
            .resideOutsideOfPackages("io.tawara.app..", "io.tawara.bench..")
            .should()
            .callMethodWhere(call(calls[0], calls[1]));
    for (int i = 2; i < calls.length; i += 2) {
      rule = rule.orShould().callMethodWhere(call(calls[i], calls[i + 1]));
    }
    return rule;
  }

  private static DescribedPredicate<JavaCall<?>> call(String type, String method) {
    DescribedPredicate<JavaCall<?>> ofType =
        target(owner(DescribedPredicate.<JavaClass>describe(type, c -> c.getName().equals(type))));
    return ofType
        .and(target(name(method)))
        .and(
            DescribedPredicate.describe(
                "without a clock",
                called ->
                    called.getTarget().getRawParameterTypes().stream()
                        .noneMatch(parameter -> parameter.getName().equals("java.time.Clock"))));
  }
}
