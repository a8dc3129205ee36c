-- The daily summary of an AWS source and its EC2 instances (summaries, section 4). `daily` and
-- `ec2` select line items on either engine; everything else is PostgreSQL. Parameters: source,
-- start, end (days of the run), first (of the month), next (first of the next), year, month;
-- keys: JSON array of the tag keys that are kept; markup: factor on costs, 0.1 for 10 %.

-- name: product_code
case when lines.bill_billingentity = 'AWS Marketplace'
  then coalesce(nullif(lines.product_productname, ''), nullif(lines.lineitem_productcode, ''))
  else nullif(lines.lineitem_productcode, '') end

-- name: amortized
case when lines.lineitem_lineitemtype in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation',
    'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee')
  then lines.savingsplan_savingsplaneffectivecost else lines.lineitem_unblendedcost end

-- name: usage
case when lines.lineitem_lineitemtype = 'SavingsPlanNegation' then 0
  else lines.lineitem_usageamount end

-- Rows as they are billed. The grain is finer than the columns that are stored, as is the rounding.
-- Sums never mix currencies.
-- name: daily
select lines.usage_start, lines.lineitem_usageaccountid as usage_account_id,
  $product_code as product_code,
  nullif(lines.product_productfamily, '') as product_family,
  nullif(lines.lineitem_availabilityzone, '') as availability_zone,
  nullif(lines.product_region, '') as region,
  nullif(lines.product_instancetype, '') as instance_type,
  nullif(lines.pricing_unit, '') as unit,
  array_agg(distinct lines.lineitem_resourceid order by lines.lineitem_resourceid) as resource_ids,
  count(distinct lines.lineitem_resourceid) as resource_count,
  nullif(lines.lineitem_currencycode, '') as raw_currency,
  @decimal_of(sum($usage), 24, 9) as usage_amount,
  max(lines.lineitem_normalizationfactor) as normalization_factor,
  sum(lines.lineitem_normalizedusageamount) as normalized_usage_amount,
  @decimal_of(max(lines.lineitem_unblendedrate), 24, 9) as unblended_rate,
  @decimal_of(sum(lines.lineitem_unblendedcost), 24, 9) as unblended_cost,
  @decimal_of(max(lines.lineitem_blendedrate), 24, 9) as blended_rate,
  @decimal_of(sum(lines.lineitem_blendedcost), 24, 9) as blended_cost,
  @decimal_of(max(lines.pricing_publicondemandrate), 24, 9) as public_on_demand_rate,
  @decimal_of(sum(lines.pricing_publicondemandcost), 24, 9) as public_on_demand_cost,
  @decimal_of(sum(lines.savingsplan_savingsplaneffectivecost), 24, 9) as savingsplan_effective_cost,
  @decimal_of(sum($amortized), 33, 9) as calculated_amortized_cost,
  @stored_labels(@only(@labels(lines.resourcetags), :keys)) as tags,
  @stored_labels(@labels(lines.costcategory)) as cost_category
from @lines(aws_line_items_daily) lines
where @bill_lines_of(lines)
group by lines.usage_start, lines.bill_billingentity, lines.lineitem_productcode,
  lines.product_productname, lines.lineitem_usageaccountid, lines.lineitem_availabilityzone,
  lines.product_productfamily, lines.product_region, lines.resourcetags, lines.costcategory,
  lines.product_instancetype, lines.pricing_unit, lines.lineitem_currencycode

-- name: stage_daily
create temporary table staged_daily (
  usage_start date, usage_account_id text, product_code text, product_family text,
  availability_zone text, region text, instance_type text, unit text, resource_ids text[],
  resource_count int, raw_currency text, usage_amount numeric(24, 9),
  normalization_factor double precision, normalized_usage_amount double precision,
  unblended_rate numeric(24, 9), unblended_cost numeric(24, 9), blended_rate numeric(24, 9),
  blended_cost numeric(24, 9), public_on_demand_rate numeric(24, 9),
  public_on_demand_cost numeric(24, 9), savingsplan_effective_cost numeric(24, 9),
  calculated_amortized_cost numeric(33, 9), tags jsonb, cost_category jsonb
) on commit drop

-- name: clear_daily
delete from aws_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- Where an account stands on a day. Units that claim an account for the same days follow each
-- other: no cost counts twice.
-- name: units
select aliases.account_id, units.org_unit_id, units.org_unit_path,
  units.created_timestamp as begins,
  least(units.deleted_timestamp, lead(units.created_timestamp)
    over (partition by aliases.account_id order by units.created_timestamp, units.id)) as ends
from aws_organizational_unit units
join aws_account_alias aliases on aliases.id = units.account_alias_id
where units.source_uuid = cast(:source as uuid)

-- name: publish_daily
insert into aws_daily_summary (
  source_uuid, usage_start, usage_end, usage_account_id, account_alias, org_unit_id, org_unit_path,
  product_code, product_family, availability_zone, region, instance_type, unit, resource_ids,
  resource_count, raw_currency, usage_amount, normalization_factor, normalized_usage_amount,
  unblended_rate, unblended_cost, markup_cost, blended_rate, blended_cost, markup_cost_blended,
  public_on_demand_rate, public_on_demand_cost, savingsplan_effective_cost,
  markup_cost_savingsplan, calculated_amortized_cost, markup_cost_amortized, tags, cost_category)
select cast(:source as uuid), staged.usage_start, staged.usage_start, usage_account_id,
  aliases.account_alias, units.org_unit_id, units.org_unit_path, product_code, product_family,
  availability_zone, region, instance_type, unit, resource_ids, resource_count, raw_currency,
  usage_amount, normalization_factor, normalized_usage_amount, unblended_rate, unblended_cost,
  unblended_cost * :markup, blended_rate, blended_cost, blended_cost * :markup,
  public_on_demand_rate, public_on_demand_cost, savingsplan_effective_cost,
  savingsplan_effective_cost * :markup, calculated_amortized_cost,
  calculated_amortized_cost * :markup, tags, cost_category
from staged_daily staged
left join aws_account_alias aliases on aliases.account_id = staged.usage_account_id
left join ($units) units on units.account_id = staged.usage_account_id
  and units.begins <= staged.usage_start
  and (units.ends is null or units.ends > staged.usage_start)

-- A changed cost model rewrites the markup of stored costs.
-- name: markup_daily
update aws_daily_summary set
  markup_cost = unblended_cost * :markup, markup_cost_blended = blended_cost * :markup,
  markup_cost_savingsplan = savingsplan_effective_cost * :markup,
  markup_cost_amortized = calculated_amortized_cost * :markup
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- Instances of the whole month. What an instance is (name, type, tags, …) is what it was on its last
-- day; of several answers on that day the first in text order holds, so that no cost counts twice.
-- name: ec2
with
instance_lines as (
  select lines.*
  from @lines(aws_line_items_daily) lines
  where @bill_lines_of(lines) and lines.lineitem_productcode = 'AmazonEC2'
    and lines.product_productfamily like '%Compute Instance%' and lines.lineitem_resourceid <> ''
),
last_days as (
  select lineitem_resourceid, max(usage_start) as last_day
  from instance_lines
  group by lineitem_resourceid
),
facts as (
  select lineitem_resourceid, product_instancetype, product_memory, product_vcpu, resourcetags,
    costcategory
  from (
    select lines.lineitem_resourceid, lines.product_instancetype, lines.product_memory,
      lines.product_vcpu, lines.resourcetags, lines.costcategory,
      row_number() over (partition by lines.lineitem_resourceid order by lines.resourcetags,
        lines.product_instancetype, lines.product_memory, lines.product_vcpu, lines.costcategory)
        as place
    from instance_lines lines
    join last_days on last_days.lineitem_resourceid = lines.lineitem_resourceid
      and last_days.last_day = lines.usage_start) ranked
  where place = 1
),
sums as (
  select lines.lineitem_resourceid,
    min(lines.usage_start) as usage_start, max(lines.usage_start) as usage_end,
    max(nullif(lines.lineitem_usageaccountid, '')) as usage_account_id,
    max(nullif(lines.product_operatingsystem, '')) as operating_system,
    max(nullif(lines.product_region, '')) as region,
    max(nullif(lines.pricing_unit, '')) as unit,
    max(nullif(lines.lineitem_currencycode, '')) as raw_currency,
    sum($usage) as usage_amount,
    max(lines.lineitem_normalizationfactor) as normalization_factor,
    sum(lines.lineitem_normalizedusageamount) as normalized_usage_amount,
    max(lines.lineitem_unblendedrate) as unblended_rate,
    sum(case when lines.lineitem_lineitemtype = 'SavingsPlanCoveredUsage' then 0
      else lines.lineitem_unblendedcost end) as unblended_cost,
    max(lines.lineitem_blendedrate) as blended_rate,
    sum(case when lines.lineitem_lineitemtype = 'SavingsPlanCoveredUsage' then 0
      else lines.lineitem_blendedcost end) as blended_cost,
    max(lines.pricing_publicondemandrate) as public_on_demand_rate,
    sum(lines.pricing_publicondemandcost) as public_on_demand_cost,
    sum(lines.savingsplan_savingsplaneffectivecost) as savingsplan_effective_cost,
    sum($amortized) as calculated_amortized_cost
  from instance_lines lines
  group by lines.lineitem_resourceid
)
select sums.lineitem_resourceid as resource_id, usage_start, usage_end, usage_account_id,
  coalesce(nullif(@label(@labels(facts.resourcetags), Name), ''), '') as instance_name,
  nullif(facts.product_instancetype, '') as instance_type, operating_system, region,
  nullif(facts.product_vcpu, '') as vcpu, nullif(facts.product_memory, '') as memory, unit,
  raw_currency, @decimal_of(usage_amount, 24, 9) as usage_amount, normalization_factor,
  normalized_usage_amount, @decimal_of(unblended_rate, 24, 9) as unblended_rate,
  @decimal_of(unblended_cost, 24, 9) as unblended_cost,
  @decimal_of(blended_rate, 24, 9) as blended_rate, @decimal_of(blended_cost, 24, 9) as blended_cost,
  @decimal_of(public_on_demand_rate, 24, 9) as public_on_demand_rate,
  @decimal_of(public_on_demand_cost, 24, 9) as public_on_demand_cost,
  @decimal_of(savingsplan_effective_cost, 24, 9) as savingsplan_effective_cost,
  @decimal_of(calculated_amortized_cost, 33, 9) as calculated_amortized_cost,
  @stored_labels(@only(@labels(facts.resourcetags), :keys)) as tags,
  @stored_labels(@labels(facts.costcategory)) as cost_category
from sums
join facts on facts.lineitem_resourceid = sums.lineitem_resourceid

-- name: stage_ec2
create temporary table staged_ec2 (
  resource_id text, usage_start date, usage_end date, usage_account_id text, instance_name text,
  instance_type text, operating_system text, region text, vcpu text, memory text, unit text,
  raw_currency text, usage_amount numeric(24, 9), normalization_factor double precision,
  normalized_usage_amount double precision, unblended_rate numeric(24, 9),
  unblended_cost numeric(24, 9), blended_rate numeric(24, 9), blended_cost numeric(24, 9),
  public_on_demand_rate numeric(24, 9), public_on_demand_cost numeric(24, 9),
  savingsplan_effective_cost numeric(24, 9), calculated_amortized_cost numeric(33, 9), tags jsonb,
  cost_category jsonb
) on commit drop

-- name: clear_ec2
delete from aws_ec2_compute
where source_uuid = cast(:source as uuid)
  and usage_start >= cast(:first as date) and usage_start < cast(:next as date)

-- name: publish_ec2
insert into aws_ec2_compute (
  usage_start, usage_end, source_uuid, resource_id, usage_account_id, account_alias, org_unit_id,
  org_unit_path, instance_name, instance_type, operating_system, region, vcpu, memory, unit,
  raw_currency, tags, cost_category, usage_amount, normalization_factor, normalized_usage_amount,
  unblended_rate, unblended_cost, markup_cost, blended_rate, blended_cost, markup_cost_blended,
  public_on_demand_rate, public_on_demand_cost, savingsplan_effective_cost,
  markup_cost_savingsplan, calculated_amortized_cost, markup_cost_amortized)
select staged.usage_start, staged.usage_end, cast(:source as uuid), resource_id, usage_account_id,
  aliases.account_alias, units.org_unit_id, units.org_unit_path, nullif(instance_name, ''),
  instance_type, operating_system, region,
  case when vcpu ~ '^[0-9]{1,6}$' then cast(vcpu as int) end, memory, unit, raw_currency, tags,
  cost_category, usage_amount, normalization_factor, normalized_usage_amount, unblended_rate,
  unblended_cost, unblended_cost * :markup, blended_rate, blended_cost, blended_cost * :markup,
  public_on_demand_rate, public_on_demand_cost, savingsplan_effective_cost,
  savingsplan_effective_cost * :markup, calculated_amortized_cost,
  calculated_amortized_cost * :markup
from staged_ec2 staged
left join aws_account_alias aliases on aliases.account_id = staged.usage_account_id
left join ($units) units on units.account_id = staged.usage_account_id
  and units.begins <= staged.usage_end and (units.ends is null or units.ends > staged.usage_end)

-- name: markup_ec2
update aws_ec2_compute set
  markup_cost = unblended_cost * :markup, markup_cost_blended = blended_cost * :markup,
  markup_cost_savingsplan = savingsplan_effective_cost * :markup,
  markup_cost_amortized = calculated_amortized_cost * :markup
where source_uuid = cast(:source as uuid)
  and usage_start >= cast(:first as date) and usage_start < cast(:next as date)

-- Values of cost categories: they accumulate within the month, and leave with the last row.
-- name: add_category_values
insert into aws_category_value (source_uuid, month, key, value, account, account_name)
select cast(:source as uuid), cast(:first as date), entries.key, entries.value,
  rows.usage_account_id, max(rows.account_alias)
from (
  select distinct usage_account_id, account_alias, cost_category
  from aws_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start between cast(:start as date) and cast(:end as date)
    and cost_category is not null and cost_category <> '{}') rows
cross join lateral jsonb_each_text(cost_category) entries
group by entries.key, entries.value, rows.usage_account_id
on conflict (source_uuid, month, key, value, account)
  do update set account_name = excluded.account_name
  where aws_category_value.account_name is distinct from excluded.account_name

-- name: drop_category_values
delete from aws_category_value gone
where source_uuid = cast(:source as uuid) and month = cast(:first as date)
  and not exists (
    select 1 from aws_daily_summary daily
    where daily.source_uuid = cast(:source as uuid)
      and daily.usage_start >= cast(:first as date) and daily.usage_start < cast(:next as date)
      and jsonb_exists(daily.cost_category, gone.key))

-- What tag values are of: fragments of cloud/tags.

-- name: tag_account
usage_account_id

-- name: tag_account_name
account_alias

-- name: tag_project
cast('' as text)

-- name: tag_project_name
cast(null as text)

-- Which daily rows a scope has.

-- name: scope_cost
true

-- name: scope_compute
instance_type is not null

-- name: scope_storage
product_family like '%Storage%' and unit = 'GB-Mo'
