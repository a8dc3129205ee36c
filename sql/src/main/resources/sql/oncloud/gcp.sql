-- GCP line items for the correlation with OpenShift (summaries, section 11). `scan` and
-- `candidates` run on either engine, `disks` on PostgreSQL. Parameters: see oncloud/correlation;
-- chosen: JSON array of {"value"}; matched: resource or tags; all_credits: 1 counts every credit of
-- a row, 0 the first.

-- name: key
concat(lines.resource_name, '|', lines.resource_global_name)

-- name: scan
select $key as resource_key, lines.labels as tags, max(lines.usage_start) as last_day
from @lines(gcp_line_items_daily) lines
where @used_lines_of(lines) and (lines.resource_name <> '' or lines.resource_global_name <> ''
  or lines.labels <> '{}')
group by lines.resource_name, lines.resource_global_name, lines.labels

-- name: by_resource
$key

-- name: by_tags
lines.labels

-- name: direction
case when max(lines.service_description) = 'Compute Engine'
    and lower(max(lines.sku_description)) like '%data transfer%' then
  case when lower(max(lines.sku_description)) like '%data transfer in%' then 'IN' else 'OUT' end
end

-- One row per day and group of the daily bill, however often the bill was delivered in pieces,
-- which are added exactly.
-- name: candidates
select cast(:matched as varchar) as matched, lines.usage_start as usage_day, $key as resource_key,
  nullif(lines.resource_name, '') as resource_id, lines.labels as tags_text,
  cast(null as varchar) as category_text, lines.billing_account_id as usage_account_id,
  cast(null as varchar) as account_name, lines.project_id, max(lines.project_name) as project_name,
  max(lines.service_description) as product_code, cast(null as varchar) as product_family,
  lines.service_id, lines.sku_id, max(lines.sku_description) as sku_alias,
  nullif(@member(lines.system_labels, compute.googleapis.com/machine_spec), '')
    as instance_type,
  nullif(lines.location_region, '') as region, cast(null as varchar) as availability_zone,
  nullif(max(lines.usage_pricing_unit), '') as unit, nullif(lines.currency, '') as raw_currency,
  lines.invoice_month, $direction as direction,
  sum(@billed(lines.usage_amount_in_pricing_units)) as usage_amount,
  sum(@billed(lines.cost)) as unblended_cost,
  cast(null as decimal(33, 15)) as blended_cost, cast(null as decimal(33, 15)) as savings_cost,
  cast(null as decimal(33, 15)) as amortized_cost,
  sum(@billed(case when :all_credits = 1 then lines.all_credits_amount
    else lines.daily_credits end)) as credit,
  case when max(lines.service_description) = 'Compute Engine'
    and lower(max(lines.sku_description)) like '% pd %' then max(lines.resource_global_name) end
    as size_text,
  max(lines.largest_usage_amount) as size_amount, cast(null as double precision) as size_rate
from @lines(gcp_line_items_daily) lines
where @used_lines_of(lines)
  and $chosen_by in (select chosen.value from @rows(:chosen, value text) chosen)
group by lines.usage_start, lines.resource_name, lines.resource_global_name, lines.labels,
  lines.billing_account_id, lines.project_id, lines.service_id, lines.sku_id, lines.system_labels,
  lines.location_region, lines.currency, lines.invoice_month, lines.cost_type

-- An hour of a disk is its bytes times 3600 seconds.
-- name: disks
select resource_key, days.usage_day, size
from (
  select resource_key, round(cast(max(size_amount) / 1073741824 / 3600 as numeric)) as size
  from cloud_row
  where matched = 'resource' and size_text like '%/disk/%' and size_amount > 0
    and resource_key in (select resource_key from cloud_link where role = 'disk')
  group by resource_key) sizes
join (select distinct resource_key, usage_day from cloud_row) days using (resource_key)
