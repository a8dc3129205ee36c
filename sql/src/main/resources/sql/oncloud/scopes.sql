-- Which rows of ocp_cloud_daily_summary a scope has (summaries, section 15.5).

-- name: scope_cost
true

-- name: scope_cost_of_all
true

-- name: scope_storage_of_all_table
unit in ('GB-Mo', 'gibibyte month') and (product_family like '%Storage%'
  or product_code like '%Storage%' or product_code in ('Filestore', 'Data Transfer'))

-- name: scope_compute
instance_type is not null and (source_type <> 'Azure' or unit = 'Hrs')

-- name: scope_compute_of_all
instance_type is not null

-- name: scope_storage
case source_type
  when 'AWS' then product_family like '%Storage%' and unit = 'GB-Mo'
  when 'Azure' then product_code like '%Storage%' and unit = 'GB-Mo'
  when 'GCP' then unit = 'gibibyte month'
    and (product_code in ('Filestore', 'Storage', 'Cloud Storage', 'Data Transfer')
      or (product_code = 'Compute Engine'
        and (lower(sku_alias) like '% pd %' or lower(sku_alias) like '%snapshot%')))
end
