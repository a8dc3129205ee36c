-- The daily summary of an Azure source (summaries, section 5). `daily` selects line items on either
-- engine; everything else is PostgreSQL. Parameters: source, start, end (days of the run), first
-- (of the month), next (first of the next), year, month; keys: JSON array of the tag keys that are
-- kept; markup: factor on costs, 0.1 for 10 %.

-- The first and the second word of a unit: `100 Hours`, `1 GB/Month`, `10K`.

-- name: first_word
split_part(lines.unitofmeasure, ' ', 1)

-- name: second_word
coalesce(split_part(lines.unitofmeasure, ' ', 2), '')

-- A quantity counts packs of the unit's number, except for machines that are billed per 100 hours.
-- name: factor
case when @matches($first_word, '^[0-9]+([.][0-9]+)?$') and $second_word <> ''
    and not (lines.unitofmeasure = '100 Hours' and lines.metercategory = 'Virtual Machines')
  then @decimal_of($first_word, 10, 4) else 1 end

-- name: unit
case when $second_word in ('Hours', 'Hour') then 'Hrs'
  when $second_word = 'GB/Month' then 'GB-Mo'
  when @matches(lines.unitofmeasure, '^[^ ]* [^ ]+ ( |$)') then $second_word
  else lines.unitofmeasure end

-- Amounts are rounded per row of the export. Sums never mix currencies.
-- name: daily
select usage_start, subscription_guid, subscription_name, resource_location, instance_type,
  service_name, max(unit) as unit, raw_currency,
  @decimal_of(sum(quantity * factor), 24, 9) as usage_quantity,
  @decimal_of(sum(cost), 24, 9) as pretax_cost,
  array_agg(distinct resourceid order by resourceid) as instance_ids,
  count(distinct resourceid) as instance_count,
  @stored_labels(kept) as tags
from (
  select lines.usage_start,
    coalesce(nullif(lines.subscriptionid, ''), lines.subscriptionguid) as subscription_guid,
    coalesce(nullif(lines.subscriptionname, ''), nullif(lines.subscriptionid, ''),
      lines.subscriptionguid) as subscription_name,
    lines.resourcelocation as resource_location,
    @scalar(lines.additionalinfo, ServiceType) as instance_type,
    coalesce(nullif(lines.servicename, ''), lines.metercategory) as service_name,
    $unit as unit, lines.resourceid,
    coalesce(nullif(lines.billingcurrencycode, ''), nullif(lines.billingcurrency, ''))
      as raw_currency,
    @decimal_of(lines.quantity, 24, 9) as quantity, $factor as factor,
    @decimal_of(lines.costinbillingcurrency, 24, 9) as cost,
    @only(@labels(lines.tags), :keys) as kept
  from @lines(azure_line_items) lines
  where @bill_lines_of(lines)) rows
group by usage_start, subscription_guid, subscription_name, resource_location, instance_type,
  service_name, raw_currency, kept

-- name: stage_daily
create temporary table staged_daily (
  usage_start date, subscription_guid text, subscription_name text, resource_location text,
  instance_type text, service_name text, unit text, raw_currency text,
  usage_quantity numeric(24, 9), pretax_cost numeric(24, 9), instance_ids text[],
  instance_count int, tags jsonb
) on commit drop

-- name: clear_daily
delete from azure_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- name: publish_daily
insert into azure_daily_summary (
  source_uuid, usage_start, usage_end, subscription_guid, subscription_name, resource_location,
  instance_type, service_name, unit, raw_currency, usage_quantity, pretax_cost, markup_cost,
  instance_ids, instance_count, tags)
select cast(:source as uuid), usage_start, usage_start, subscription_guid, subscription_name,
  resource_location, instance_type, service_name, unit, raw_currency, usage_quantity, pretax_cost,
  pretax_cost * :markup, instance_ids, instance_count, tags
from staged_daily

-- name: markup_daily
update azure_daily_summary set markup_cost = pretax_cost * :markup
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- What tag values are of: fragments of cloud/tags.

-- name: tag_account
subscription_guid

-- name: tag_account_name
subscription_name

-- name: tag_project
cast('' as text)

-- name: tag_project_name
cast(null as text)

-- Which daily rows a scope has.

-- name: scope_cost
true

-- name: scope_compute
instance_type is not null and unit = 'Hrs'

-- name: scope_storage
service_name like '%Storage%' and unit = 'GB-Mo'
