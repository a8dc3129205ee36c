-- What a source is charged by. Parameters: source, day.

-- name: model
select m.uuid, m.markup ->> 'value' as markup, cast(m.distribution_info as text) as distribution
from cost_model_map map join cost_model m on m.uuid = map.cost_model_id
where map.provider_uuid = :source

-- Of the price lists in force on the day the one with the least priority number; whether a list is
-- enabled says only whether it can be assigned.
-- name: rates
select r.uuid, r.custom_name, r.metric, r.cost_type, r.default_rate, r.tag_key,
  cast(r.tag_values as text) as tag_values
from cost_model_rate r
where r.price_list_id = (
  select p.uuid
  from price_list_cost_model_map a join price_list p on p.uuid = a.price_list_id
  where a.cost_model_id = :model and :day between p.effective_start_date and p.effective_end_date
  order by a.priority, p.uuid
  limit 1)
order by r.position

-- name: periods
select id, cluster_id, cluster_alias
from ocp_report_period
where source_uuid = :source and report_period_start = :month_start

-- name: derived
update ocp_report_period set derived_cost_datetime = :now,
  cost_currency = (select m.currency
    from cost_model_map map join cost_model m on m.uuid = map.cost_model_id
    where map.provider_uuid = ocp_report_period.source_uuid)
where id = :period

-- name: undistributed_gpu
select exists (
  select 1 from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :month_start and :month_end
    and data_source = 'GPU' and namespace = 'GPU unallocated'
    and cost_model_rate_type in ('Infrastructure', 'Supplementary'))
and not exists (
  select 1 from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :month_start and :month_end
    and cost_model_rate_type = 'gpu_distributed')
