-- The daily summary of a GCP source (summaries, section 6). `daily` selects line items on either
-- engine; everything else is PostgreSQL. Parameters: source, start, end (days of use), first (of the
-- month), next (first of the next), year, month; keys: JSON array of the label keys that are kept;
-- markup: factor on costs, 0.1 for 10 %; first_credit: only the first credit of a row counts;
-- file_month_only: rows of another invoice month than their file's do not count.

-- name: daily
select usage_start, invoice_month, account_id, project_id, max(project_name) as project_name,
  service_id, max(service_alias) as service_alias, sku_id, max(sku_alias) as sku_alias, region,
  instance_type, max(unit) as unit, line_item_type, raw_currency,
  @decimal_of(sum(usage), 24, 9) as usage_amount, @decimal_of(sum(cost), 24, 9) as unblended_cost,
  @decimal_of(sum(credit), 24, 9) as credit_amount,
  @stored_labels(kept) as tags
from (
  select lines.usage_start, lines.usage_end_date, lines.invoice_month,
    lines.billing_account_id as account_id, lines.project_id, lines.project_name, lines.service_id,
    lines.service_description as service_alias, lines.sku_id, lines.sku_description as sku_alias,
    lines.location_region as region,
    @scalar(lines.system_labels, compute.googleapis.com/machine_spec) as instance_type,
    lines.usage_pricing_unit as unit, lines.cost_type as line_item_type,
    nullif(lines.currency, '') as raw_currency,
    lines.usage_amount_in_pricing_units as usage, lines.cost,
    case when :first_credit then lines.daily_credits_rounded else lines.all_credits_amount end
      as credit,
    @only(@labels(lines.labels), :keys) as kept
  from @lines(gcp_line_items_daily) lines
  where @day_lines_of(lines)
    and (not :file_month_only or lines.delivery_month = lines.invoice_month)) rows
group by usage_start, usage_end_date, invoice_month, account_id, project_id, service_id, sku_id,
  region, instance_type, line_item_type, raw_currency, kept

-- name: stage_daily
create temporary table staged_daily (
  usage_start date, invoice_month text, account_id text, project_id text, project_name text,
  service_id text, service_alias text, sku_id text, sku_alias text, region text,
  instance_type text, unit text, line_item_type text, raw_currency text,
  usage_amount numeric(24, 9), unblended_cost numeric(24, 9), credit_amount numeric(24, 9),
  tags jsonb
) on commit drop

-- name: clear_daily
delete from gcp_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- name: publish_daily
insert into gcp_daily_summary (
  source_uuid, usage_start, usage_end, invoice_month, account_id, project_id, project_name,
  service_id, service_alias, sku_id, sku_alias, region, instance_type, unit, line_item_type,
  raw_currency, usage_amount, unblended_cost, markup_cost, credit_amount, tags)
select cast(:source as uuid), usage_start, usage_start, invoice_month, account_id, project_id,
  project_name, service_id, service_alias, sku_id, sku_alias, nullif(region, ''), instance_type,
  unit, line_item_type, raw_currency, usage_amount, unblended_cost, unblended_cost * :markup,
  credit_amount, tags
from staged_daily

-- name: markup_daily
update gcp_daily_summary set markup_cost = unblended_cost * :markup
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- Filters and lists show blanks, which daily rows have as null.
-- name: add_topology
insert into gcp_topology (
  source_uuid, account_id, project_id, project_name, service_id, service_alias, region)
select cast(:source as uuid), account_id, coalesce(project_id, ''), max(coalesce(project_name, '')),
  coalesce(service_id, ''), max(coalesce(service_alias, '')), coalesce(region, '')
from staged_daily
group by account_id, coalesce(project_id, ''), coalesce(service_id, ''), coalesce(region, '')
on conflict (source_uuid, account_id, project_id, service_id, region)
  do update set project_name = excluded.project_name, service_alias = excluded.service_alias
  where (gcp_topology.project_name, gcp_topology.service_alias)
    is distinct from (excluded.project_name, excluded.service_alias)

-- What tag values are of: fragments of cloud/tags.

-- name: tag_account
account_id

-- name: tag_account_name
cast(null as text)

-- name: tag_project
project_id

-- name: tag_project_name
project_name

-- Which daily rows a scope has.

-- name: scope_cost
true

-- name: scope_compute
instance_type is not null and unit = 'hour' and sku_alias like '%Instance Core running%'

-- name: scope_storage
unit = 'gibibyte month' and (
  service_alias in ('Filestore', 'Storage', 'Cloud Storage', 'Data Transfer')
  or service_alias = 'Compute Engine' and (sku_alias ilike '% pd %' or sku_alias ilike '%snapshot%'))
