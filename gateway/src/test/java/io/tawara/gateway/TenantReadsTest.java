package io.tawara.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The walls between tenants hold on the gateway's own connections too.
class TenantReadsTest {
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("reads", options -> options);
    for (String organisation : List.of("1", "2")) {
      fixture.tenants.ensure(GatewayFixture.tenant(organisation));
      fixture.database.runTenant(
          GatewayFixture.tenant(organisation),
          connection -> {
            try (var statement = connection.createStatement()) {
              statement.executeUpdate("update data_version set version = 10" + organisation);
            }
          });
    }
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void manyReadsOfTwoTenantsNeverMix() {
    TenantReads reads = fixture.services.reads();
    var running = new ArrayList<Future<Long>>();
    for (int i = 0; i < 500; i++) {
      running.add(reads.dataVersion(GatewayFixture.tenant(i % 2 == 0 ? "1" : "2")));
    }
    for (int i = 0; i < running.size(); i++) {
      assertThat(running.get(i).await()).isEqualTo(i % 2 == 0 ? 101 : 102);
    }
  }

  @Test
  void aStatementThatNamesAnotherTenantFails() {
    TenantReads reads = fixture.services.reads();
    assertThatThrownBy(
            () ->
                reads
                    .query(
                        GatewayFixture.tenant("1"),
                        "select version from org2.data_version",
                        Tuple.tuple())
                    .await())
        .hasMessageContaining("permission denied");
    assertThat(reads.dataVersion(GatewayFixture.tenant("1")).await())
        .as("the connection is well afterwards")
        .isEqualTo(101);
  }

  @Test
  void publicReadsCannotSeeTenantsAfterATenantWasRead() {
    TenantReads reads = fixture.services.reads();
    reads.dataVersion(GatewayFixture.tenant("1")).await();
    assertThatThrownBy(
            () -> reads.publicQuery("select version from data_version", Tuple.tuple()).await())
        .hasMessageContaining("does not exist");
    assertThatThrownBy(
            () -> reads.publicQuery("select version from org1.data_version", Tuple.tuple()).await())
        .hasMessageContaining("permission denied");
  }

  @Test
  void aTenantThatDoesNotExistReadsNothing() {
    assertThatThrownBy(
            () -> fixture.services.reads().dataVersion(GatewayFixture.tenant("nosuch")).await())
        .hasMessageContaining("does not exist");
  }

  @Test
  void severalQueriesOnOneConnection() {
    long sum =
        fixture
            .services
            .reads()
            .with(
                GatewayFixture.tenant("2"),
                connection ->
                    connection
                        .preparedQuery("select version from data_version where version > $1")
                        .execute(Tuple.of(1L))
                        .compose(
                            first ->
                                connection
                                    .preparedQuery("select version + $1 from data_version")
                                    .execute(Tuple.of(first.iterator().next().getLong(0))))
                        .map(rows -> rows.iterator().next().getLong(0)))
            .await();
    assertThat(sum).isEqualTo(204);
  }
}
