-- Azure line items for the correlation with OpenShift (summaries, section 10). `scan` and
-- `candidates` run on either engine, `disks` on PostgreSQL. Parameters: see oncloud/correlation;
-- chosen: JSON array of {"value"}; matched: resource or tags; raw_hours: 1 leaves the unit `1 Hour`.

-- name: scan
select lines.resourceid as resource_key, lines.tags as tags, max(lines.usage_start) as last_day
from @lines(azure_line_items) lines
where @bill_lines_of(lines) and (lines.resourceid <> '' or lines.tags <> '{}')
group by lines.resourceid, lines.tags

-- name: by_resource
lines.resourceid

-- name: by_tags
lines.tags

-- name: short_id
nullif(split_part(lines.resourceid, '/', 9), '')

-- name: first_word
split_part(lines.unitofmeasure, ' ', 1)

-- name: second_word
split_part(lines.unitofmeasure, ' ', 2)

-- name: factor
case when @number_text($first_word) and coalesce($second_word, '') <> ''
    and not (lines.unitofmeasure = '100 Hours' and lines.metercategory = 'Virtual Machines')
  then cast($first_word as double precision) else 1 end

-- name: unit
case
  when $second_word = 'Hours' or ($second_word = 'Hour' and :raw_hours = 0) then 'Hrs'
  when $second_word = 'GB/Month' then 'GB-Mo'
  else nullif(lines.unitofmeasure, '')
end

-- name: direction
case when coalesce(nullif(lines.servicename, ''), lines.metercategory) = 'Virtual Network'
    and lower(lines.consumedservice) = 'microsoft.compute' then
  case @member(lower(lines.additionalinfo), datatransferdirection)
    when 'datatrin' then 'IN'
    when 'datatrout' then 'OUT'
  end
end

-- name: candidates
select cast(:matched as varchar) as matched, lines.usage_start as usage_day,
  lines.resourceid as resource_key, $short_id as resource_id,
  lines.tags as tags_text, cast(null as varchar) as category_text,
  coalesce(nullif(lines.subscriptionid, ''), lines.subscriptionguid) as usage_account_id,
  nullif(lines.subscriptionname, '') as account_name, cast(null as varchar) as project_id,
  cast(null as varchar) as project_name,
  coalesce(nullif(lines.servicename, ''), nullif(lines.metercategory, '')) as product_code,
  cast(null as varchar) as product_family, cast(null as varchar) as service_id,
  cast(null as varchar) as sku_id, cast(null as varchar) as sku_alias,
  nullif(@member(lines.additionalinfo, ServiceType), '') as instance_type,
  nullif(lines.resourcelocation, '') as region, cast(null as varchar) as availability_zone,
  $unit as unit,
  coalesce(nullif(lines.billingcurrencycode, ''), nullif(lines.billingcurrency, '')) as raw_currency,
  cast(null as varchar) as invoice_month, $direction as direction,
  @billed(lines.quantity * $factor) as usage_amount,
  @billed(lines.costinbillingcurrency) as unblended_cost,
  cast(null as decimal(33, 15)) as blended_cost, cast(null as decimal(33, 15)) as savings_cost,
  cast(null as decimal(33, 15)) as amortized_cost, cast(null as decimal(33, 15)) as credit,
  lines.metername as size_text, cast(null as double precision) as size_amount,
  cast(null as double precision) as size_rate
from @lines(azure_line_items) lines
where @bill_lines_of(lines)
  and $chosen_by in (select chosen.value from @rows(:chosen, value text) chosen)

-- Sizes of disks by the name of their tier, in GiB; S1 to S3 do not exist.
-- name: tiers
select kind || tier as name, size
from (values ('P'), ('E'), ('S')) kinds (kind)
cross join (values (1, 4), (2, 8), (3, 16), (4, 32), (6, 64), (10, 128), (15, 256), (20, 512),
  (30, 1024), (40, 2048), (50, 4096), (60, 8192), (70, 16384), (80, 32767)) tiers (tier, size)
where kind <> 'S' or tier > 3

-- name: disks
select rows.resource_key, rows.usage_day, cast(max(tiers.size) as numeric) as size
from (
  select distinct resource_key, usage_day, size_text from cloud_row
  where matched = 'resource' and product_code like '%Storage%'
    and resource_key like '%Microsoft.Compute/disks/%'
    and lower(resource_id) not like '%\_osdisk') rows
join ($tiers) tiers on position(tiers.name || ' ' in rows.size_text) > 0
group by rows.resource_key, rows.usage_day
