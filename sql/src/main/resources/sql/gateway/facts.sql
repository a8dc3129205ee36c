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
  coalesce((select jsonb_agg(jsonb_build_array(key, enabled))
    from reporting_awsenabledcategorykeys), '[]') as cost_categories,
  coalesce((select jsonb_agg(name order by id) from reporting_ocp_cost_category), '[]')
    as cost_groups,
  -- the currency that a month's costs were calculated in
  coalesce((select jsonb_agg(jsonb_build_array(source_uuid, report_period_start, cost_currency))
    from ocp_report_period where cost_currency is not null), '[]') as model_currencies,
  -- a month whose row is not written yet takes it from a static rate that covers it
  coalesce((select jsonb_agg(jsonb_build_array(
      effective_date, base_currency, target_currency, cast(exchange_rate as text)))
    from (
      select effective_date, base_currency, target_currency, exchange_rate
      from monthly_exchange_rate
      union all
      select cast(month as date), r.base_currency, r.target_currency, r.exchange_rate
      from static_exchange_rate r
      cross join generate_series(r.start_date,
        least(r.end_date, cast(r.start_date + interval '10 years' as date)), interval '1 month')
        as month
      where not exists (
        select 1 from monthly_exchange_rate m
        where m.effective_date = cast(month as date) and m.base_currency = r.base_currency
          and m.target_currency = r.target_currency)) known), '[]') as rates,
  coalesce((select jsonb_agg(jsonb_build_array(currency_code, cast(rate as text)))
    from public.market_exchange_rate), '[]') as market_rates,
  coalesce((select jsonb_agg(jsonb_build_array(provider_type, currency, month))
    from (
      select distinct 'OCP' as provider_type, amounts.currency,
        cast(date_trunc('month', costs.usage_start) as date) as month
      from ocp_cost_by_cluster costs
      left join ocp_report_period months on months.source_uuid = costs.source_uuid
        and months.report_period_start = cast(date_trunc('month', costs.usage_start) as date)
      cross join lateral (values
        (costs.raw_currency, costs.infrastructure_raw_cost <> 0
          or (costs.distributed_cost <> 0 and costs.cost_model_rate_type like 'unattributed%')),
        (months.cost_currency, costs.cost_model_cpu_cost <> 0 or costs.cost_model_memory_cost <> 0
          or costs.cost_model_volume_cost <> 0 or costs.cost_model_gpu_cost <> 0
          or (costs.distributed_cost <> 0 and costs.cost_model_rate_type not like 'unattributed%'))
      ) as amounts (currency, present)
      where amounts.present and amounts.currency is not null
      union
      select 'AWS', raw_currency, cast(date_trunc('month', usage_start) as date)
      from aws_cost_by_account
      where raw_currency is not null and (unblended_cost <> 0 or blended_cost <> 0
        or savingsplan_effective_cost <> 0 or calculated_amortized_cost <> 0)
      union
      select 'Azure', raw_currency, cast(date_trunc('month', usage_start) as date)
      from azure_cost_by_account
      where raw_currency is not null and pretax_cost <> 0
      union
      select 'GCP', raw_currency, cast(date_trunc('month', usage_start) as date)
      from gcp_cost_by_account
      where raw_currency is not null and (unblended_cost <> 0 or credit_amount <> 0)
      ) amounts), '[]') as occurring

-- name: infrastructures
select clouds.infrastructure_type, providers.cluster_id
from api_provider providers
join api_customer customers on customers.id = providers.customer_id
join api_providerinfrastructuremap clouds on clouds.id = providers.infrastructure_id
where customers.schema_name = :schema and providers.cluster_id is not null
order by clouds.infrastructure_type, providers.cluster_id
