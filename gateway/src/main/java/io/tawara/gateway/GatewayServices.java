package io.tawara.gateway;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.query.TenantQueries;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.gateway.http.Blocking;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Optional;

/// What the gateway's packages are made with.
///
/// @param database for writing and for public tables, on virtual threads through `blocking`
/// @param reads for reading tenants' tables on the event loop
/// @param clock the business clock
/// @param queries on line items; empty where there is no Trino
public record GatewayServices(
    Vertx vertx,
    GatewayConfig config,
    Database database,
    Tenants tenants,
    TenantReads reads,
    WorkQueue work,
    ObjectStore objects,
    KafkaConfig kafka,
    CredentialCipher cipher,
    Blocking blocking,
    Clock clock,
    Ids ids,
    PrometheusMeterRegistry meters,
    Optional<TenantQueries> queries) {

  /// Without queries that people write themselves.
  public GatewayServices(
      Vertx vertx,
      GatewayConfig config,
      Database database,
      Tenants tenants,
      TenantReads reads,
      WorkQueue work,
      ObjectStore objects,
      KafkaConfig kafka,
      CredentialCipher cipher,
      Blocking blocking,
      Clock clock,
      Ids ids,
      PrometheusMeterRegistry meters) {
    this(
        vertx,
        config,
        database,
        tenants,
        reads,
        work,
        objects,
        kafka,
        cipher,
        blocking,
        clock,
        ids,
        meters,
        Optional.empty());
  }
}
