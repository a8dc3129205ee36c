-- AWS line items for the correlation with OpenShift (summaries, section 9). `scan` and `candidates`
-- run on either engine, `disks` on PostgreSQL. Parameters: see oncloud/correlation; chosen: JSON
-- array of {"value"}; matched: resource or tags.

-- name: scan
select lines.lineitem_resourceid as resource_key, lines.resourcetags as tags,
  max(lines.usage_start) as last_day
from @lines(aws_line_items_daily) lines
where @bill_lines_of(lines) and (lines.lineitem_resourceid <> '' or lines.resourcetags <> '{}')
group by lines.lineitem_resourceid, lines.resourcetags

-- name: by_resource
lines.lineitem_resourceid

-- name: by_tags
lines.resourcetags

-- name: product_code
case when lines.bill_billingentity = 'AWS Marketplace'
  then coalesce(nullif(lines.product_productname, ''), nullif(lines.lineitem_productcode, ''))
  else nullif(lines.lineitem_productcode, '') end

-- name: direction
case when lines.lineitem_productcode = 'AmazonEC2'
    and lines.product_productfamily = 'Data Transfer' then
  case
    when lower(lines.lineitem_usagetype) like '%in-bytes%' then 'IN'
    when lower(lines.lineitem_usagetype) like '%out-bytes%' then 'OUT'
    when lower(lines.lineitem_usagetype) like '%regional-bytes%' then
      case
        when lower(lines.lineitem_operation) like '%-in%' then 'IN'
        when lower(lines.lineitem_operation) like '%-out%' then 'OUT'
      end
  end
end

-- name: candidates
select cast(:matched as varchar) as matched, lines.usage_start as usage_day,
  lines.lineitem_resourceid as resource_key, nullif(lines.lineitem_resourceid, '') as resource_id,
  lines.resourcetags as tags_text, lines.costcategory as category_text,
  lines.lineitem_usageaccountid as usage_account_id, cast(null as varchar) as account_name,
  cast(null as varchar) as project_id, cast(null as varchar) as project_name,
  $product_code as product_code, nullif(lines.product_productfamily, '') as product_family,
  cast(null as varchar) as service_id, cast(null as varchar) as sku_id,
  cast(null as varchar) as sku_alias,
  nullif(lines.product_instancetype, '') as instance_type,
  nullif(lines.product_region, '') as region,
  nullif(lines.lineitem_availabilityzone, '') as availability_zone,
  nullif(lines.pricing_unit, '') as unit, nullif(lines.lineitem_currencycode, '') as raw_currency,
  cast(null as varchar) as invoice_month, $direction as direction,
  @billed(lines.lineitem_usageamount) as usage_amount,
  case when lines.lineitem_lineitemtype = 'SavingsPlanCoveredUsage' then 0
    else @billed(lines.lineitem_unblendedcost) end as unblended_cost,
  case when lines.lineitem_lineitemtype = 'SavingsPlanCoveredUsage' then 0
    else @billed(lines.lineitem_blendedcost) end as blended_cost,
  @billed(lines.savingsplan_savingsplaneffectivecost) as savings_cost,
  @billed(case when lines.lineitem_lineitemtype in ('Tax', 'Usage')
    then lines.lineitem_unblendedcost
    else lines.savingsplan_savingsplaneffectivecost end) as amortized_cost,
  cast(null as decimal(33, 15)) as credit, cast(null as varchar) as size_text,
  lines.largest_unblendedcost as size_amount, lines.lineitem_unblendedrate as size_rate
from @lines(aws_line_items_daily) lines
where @bill_lines_of(lines)
  and $chosen_by in (select chosen.value from @rows(:chosen, value text) chosen)

-- Rate is per GB and month; the dearest hour gives the size.
-- name: disks
select resource_key, usage_day, size
from (
  select resource_key, usage_day,
    round(cast(max(size_amount) / nullif(max(size_rate), 0)
      * (24 * @days_in_month(usage_day)) as numeric)) as size
  from cloud_row
  where matched = 'resource'
    and resource_key in (select resource_key from cloud_link where role = 'disk')
  group by resource_key, usage_day) sizes
where size > 0
