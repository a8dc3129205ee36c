package io.tawara.gateway.internal;

import static io.tawara.gateway.internal.Listing.time;

import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.internal.Listing.Filter;
import java.util.List;

/// `sources/` of the internal API: every organisation's sources and providers. Unlike Koku's it
/// shows no credentials and no identities.
final class InternalSources {
  private static final Listing SOURCES =
      new Listing(
          """
          'source_id', s.source_id, 'source_uuid', s.source_uuid, 'name', s.name,
          'offset', s."offset", 'account_id', s.account_id, 'org_id', s.org_id,
          'source_type', s.source_type, 'source_ref', s.source_ref,
          'billing_source', s.billing_source, 'koku_uuid', s.koku_uuid, 'paused', s.paused,
          'pending_delete', s.pending_delete, 'pending_update', s.pending_update,
          'out_of_order_delete', s.out_of_order_delete, 'status', s.status,
          'additional_context', s.additional_context, 'updated_timestamp', %s,
          'provider', case when p.uuid is not null then jsonb_build_object(
            'uuid', p.uuid, 'setup_complete', p.setup_complete, 'created_timestamp', %s,
            'data_updated_timestamp', %s, 'polling_timestamp', %s, 'active', p.active,
            'paused', p.paused,
            'customer', jsonb_build_object('id', c.id, 'schema_name', c.schema_name),
            'infrastructure', case when i.id is not null then jsonb_build_object(
              'id', i.id, 'infrastructure_type', i.infrastructure_type,
              'infrastructure_provider_id', i.infrastructure_provider_id) end) end
          """
              .formatted(
                  time("s.updated_timestamp"),
                  time("p.created_timestamp"),
                  time("p.data_updated_timestamp"),
                  time("p.polling_timestamp")),
          """
          from public.api_sources s
          left join public.api_provider p on p.uuid = s.provider_id and not p.deleting
          left join public.api_customer c on c.id = p.customer_id
          left join public.api_providerinfrastructuremap i on i.id = p.infrastructure_id
          """,
          "s.name, s.source_id",
          List.of(
              Filter.contains("name", "s.name"),
              Filter.contains("type", "s.source_type"),
              Filter.contains("account_id", "s.account_id"),
              Filter.contains("org_id", "s.org_id"),
              Filter.contains("schema_name", "c.schema_name"),
              Filter.contains("cluster_id", "s.source_ref"),
              Filter.text("source_type", "s.source_type"),
              Filter.flag("ocp_on_cloud", "i.id is not null"),
              Filter.flag("active", "coalesce(p.active, false)"),
              Filter.flag("paused", "s.paused"),
              Filter.flag("pending_delete", "s.pending_delete"),
              Filter.flag("pending_update", "s.pending_update"),
              Filter.flag("out_of_order_delete", "s.out_of_order_delete"),
              Filter.text("infrastructure_provider_id", "i.infrastructure_provider_id::text")));

  private InternalSources() {}

  static Endpoint.Builder endpoint(GatewayServices services) {
    return InternalEndpoints.internal("sources/")
        .described("Sources", "The sources of every organisation, without credentials.")
        .get(request -> SOURCES.answer(services.reads(), request));
  }
}
