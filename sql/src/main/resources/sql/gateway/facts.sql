-- What the meaning of a request depends on, one row for a tenant. PostgreSQL only.

-- name: tenant
select
  (select version from data_version) as version,
  (select currency from user_settings) as currency,
  (select cost_type from user_settings) as cost_type,
  (select data_retention_months from tenant_settings) as retention_months,
  coalesce((select jsonb_agg(currency_code) from enabled_currency), '[]') as currencies,
  coalesce((select jsonb_agg(jsonb_build_array(provider_type, key, enabled))
    from reporting_enabledtagkeys), '[]') as tag_keys,
  coalesce((select jsonb_agg(name order by id) from reporting_ocp_cost_category), '[]')
    as cost_groups,
  coalesce((select jsonb_agg(jsonb_build_array(maps.provider_uuid, models.currency))
    from cost_model_map maps join cost_model models on models.uuid = maps.cost_model_id), '[]')
    as model_currencies,
  coalesce((select jsonb_agg(jsonb_build_array(
      effective_date, base_currency, target_currency, cast(exchange_rate as text)))
    from monthly_exchange_rate), '[]') as rates

-- name: infrastructures
select clouds.infrastructure_type, providers.cluster_id
from api_provider providers
join api_customer customers on customers.id = providers.customer_id
join api_providerinfrastructuremap clouds on clouds.id = providers.infrastructure_id
where customers.schema_name = :schema and providers.cluster_id is not null
order by clouds.infrastructure_type, providers.cluster_id
