-- The cost engine, PostgreSQL in both modes: docs/design/costs.md. Every statement works on
-- one month part of one source. Run parameters: source, period, cluster, alias, start, end.

-- name: tables
create temporary table cost_vm (usage_start date, vm_name text, node text, cores double precision,
  resource_id text, seconds double precision, last_interval timestamptz) on commit drop;
create temporary table cost_gpu (usage_start date, node text, namespace text, gpu_uuid text,
  mig_instance_id text, model text, vendor text, memory_mib double precision, mig_profile text,
  mig_slice_count integer, gpu_max_slices integer, mig_strategy text,
  mig_memory_mib double precision, uptime double precision) on commit drop;
create temporary table cost_node_label (usage_start date, node text, labels text,
  hours double precision) on commit drop;
create temporary table cost_namespace_label (usage_start date, namespace text, labels text)
  on commit drop

-- name: clear
delete from ocp_daily_summary
where source_uuid = :source and report_period_id = :period and usage_start between :start and :end
  and cost_model_rate_type is not null and cost_model_rate_type <> 'gpu_distributed'

-- The label sets of the window, numbered: what is joined and grouped by labels takes the number.
-- name: label_sets
create temporary table cost_label_set on commit drop as
select row_number() over () as id, labels
from (
  select pod_labels as labels from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :start and :end and cost_model_rate_type is null
  union
  select volume_labels from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :start and :end and cost_model_rate_type is null
) label_set
where labels is not null

-- The usage rows of the window. weight and its capacities are cpu or memory, as the model
-- distributes; monthly_weight is that of the rows to which monthly rates apply.
-- name: base
create temporary table cost_base on commit drop as
select usage_start, data_source, namespace, node, resource_id, cost_category_id,
  pod_labels, volume_labels, all_labels, pod.id as pod_set, volume.id as volume_set,
  persistentvolumeclaim, persistentvolume, storageclass,
  pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
  pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
  pod_effective_usage_memory_gigabyte_hours,
  node_capacity_cpu_cores, node_capacity_cpu_core_hours,
  node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
  cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
  persistentvolumeclaim_capacity_gigabyte_months, volume_request_storage_gigabyte_months,
  persistentvolumeclaim_usage_gigabyte_months,
  case when :by_memory then pod_effective_usage_memory_gigabyte_hours
    else pod_effective_usage_cpu_core_hours end as weight,
  case when :by_memory then node_capacity_memory_gigabyte_hours
    else node_capacity_cpu_core_hours end as node_hours,
  case when :by_memory then node_capacity_memory_gigabytes
    else node_capacity_cpu_cores end as node_size,
  case when :by_memory then cluster_capacity_memory_gigabyte_hours
    else cluster_capacity_cpu_core_hours end as cluster_hours,
  case when data_source = 'Pod' and node_capacity_cpu_core_hours <> 0
      and cluster_capacity_cpu_core_hours <> 0
    then case when :by_memory then pod_effective_usage_memory_gigabyte_hours
      else pod_effective_usage_cpu_core_hours end end as monthly_weight
from ocp_daily_summary
left join cost_label_set pod on pod.labels = pod_labels
left join cost_label_set volume on volume.labels = volume_labels
where source_uuid = :source and report_period_id = :period and usage_start between :start and :end
  and cost_model_rate_type is null and raised_from is null

-- A temporary table is not analysed by itself, and what is joined with it depends on it.
-- name: analyse_label_sets
analyze cost_label_set

-- name: analyse_base
analyze cost_base (usage_start, namespace, node, data_source, cost_category_id, pod_set, volume_set,
  persistentvolumeclaim)

-- name: analyse_tags
analyze cost_tag

-- name: markup
update ocp_daily_summary set
  infrastructure_markup_cost = round(coalesce(infrastructure_raw_cost, 0) * :markup, 15),
  infrastructure_project_markup_cost =
    round(coalesce(infrastructure_project_raw_cost, 0) * :markup, 15)
where source_uuid = :source and report_period_id = :period and usage_start between :start and :end
  and cost_model_rate_type is null
  and (infrastructure_markup_cost
      is distinct from round(coalesce(infrastructure_raw_cost, 0) * :markup, 15)
    or infrastructure_project_markup_cost
      is distinct from round(coalesce(infrastructure_project_raw_cost, 0) * :markup, 15))

-- The columns of a cost row in the order in which every step selects them; the $run of the row
-- comes first.
-- name: insert_cost
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, infrastructure_markup_cost,
  infrastructure_project_markup_cost, usage_start, usage_end, data_source,
  namespace, node, resource_id, cost_category_id, pod_labels, volume_labels, all_labels,
  persistentvolumeclaim, persistentvolume, storageclass,
  node_capacity_cpu_cores, node_capacity_cpu_core_hours,
  node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
  cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
  cost_model_rate_type,
  cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_rate_id)

-- name: run
cast(:period as bigint), cast(:source as uuid), cast(:cluster as text), cast(:alias as text), 0, 0

-- name: capacities_of_group
max(node_capacity_cpu_cores) as node_capacity_cpu_cores,
max(node_capacity_cpu_core_hours) as node_capacity_cpu_core_hours,
max(node_capacity_memory_gigabytes) as node_capacity_memory_gigabytes,
max(node_capacity_memory_gigabyte_hours) as node_capacity_memory_gigabyte_hours,
max(cluster_capacity_cpu_core_hours) as cluster_capacity_cpu_core_hours,
max(cluster_capacity_memory_gigabyte_hours) as cluster_capacity_memory_gigabyte_hours

-- name: capacities
node_capacity_cpu_cores, node_capacity_cpu_core_hours,
node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours

-- name: no_capacities
cast(null as numeric), cast(null as numeric), cast(null as numeric), cast(null as numeric),
cast(null as numeric), cast(null as numeric)

-- Tiered rates of usage and of nodes and clusters by the month, one row of rates per cost type and
-- one cost row per usage row and type. A rate that is absent is null and costs nothing. A rate
-- comes first in its product, so that a null ends the product. Monthly rates are per day and give
-- way to label rates where the labels have one of the _replaced keys.
-- name: tiered
$insert_cost
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    cost_type text, cpu_usage numeric, cpu_request numeric, cpu_effective numeric,
    memory_usage numeric, memory_request numeric, memory_effective numeric,
    storage_usage numeric, storage_request numeric,
    core_by_cpu numeric, core_by_memory numeric,
    cluster_by_cpu numeric, cluster_by_memory numeric,
    node_month numeric, node_month_replaced text[],
    node_core_month numeric, node_core_month_replaced text[],
    cluster_month numeric, cluster_month_replaced text[])
),
node_day as (
  select usage_start, node, nullif(sum(weight), 0) as weight
  from cost_base where node <> ''
  group by usage_start, node
),
cost as (
  select b.*, r.cost_type,
    coalesce(r.cpu_usage * b.pod_usage_cpu_core_hours, 0)
      + coalesce(r.cpu_request * b.pod_request_cpu_core_hours, 0)
      + coalesce(r.cpu_effective * b.pod_effective_usage_cpu_core_hours, 0)
      + coalesce(r.core_by_cpu * b.pod_effective_usage_cpu_core_hours, 0)
      + coalesce(r.core_by_memory * b.pod_effective_usage_memory_gigabyte_hours
        * b.node_capacity_cpu_core_hours / nullif(b.node_capacity_memory_gigabyte_hours, 0), 0)
      + coalesce(r.cluster_by_cpu * b.weight / n.weight * (b.node_hours / nullif(b.cluster_hours, 0))
        * (b.node_hours / nullif(b.node_size, 0)), 0)
      + case when :by_memory then 0 else m.cost end as cpu,
    coalesce(r.memory_usage * b.pod_usage_memory_gigabyte_hours, 0)
      + coalesce(r.memory_request * b.pod_request_memory_gigabyte_hours, 0)
      + coalesce(r.memory_effective * b.pod_effective_usage_memory_gigabyte_hours, 0)
      + coalesce(r.cluster_by_memory * b.weight / n.weight
        * (b.node_hours / nullif(b.cluster_hours, 0))
        * (b.node_hours / nullif(b.node_size, 0)), 0)
      + case when :by_memory then m.cost else 0 end as memory,
    coalesce(r.storage_usage * b.persistentvolumeclaim_usage_gigabyte_months, 0)
      + coalesce(r.storage_request * b.volume_request_storage_gigabyte_months, 0) as volume
  from cost_base b
  left join node_day n on n.usage_start = b.usage_start and n.node = b.node
  cross join rate r
  cross join lateral (select
    case when coalesce(jsonb_exists_any(b.pod_labels, r.node_month_replaced), false) then 0
      else coalesce(b.monthly_weight / nullif(b.node_hours, 0) * r.node_month, 0) end
    + case when coalesce(jsonb_exists_any(b.pod_labels, r.node_core_month_replaced), false) then 0
      else coalesce(b.monthly_weight / nullif(b.node_hours, 0) * b.node_capacity_cpu_cores
        * r.node_core_month, 0) end
    + case when coalesce(jsonb_exists_any(b.pod_labels, r.cluster_month_replaced), false) then 0
      else coalesce(b.monthly_weight / nullif(b.cluster_hours, 0) * r.cluster_month, 0) end
    as cost) m
  where b.namespace is not null
)
select $run, usage_start, usage_start, data_source, namespace, node, resource_id, cost_category_id,
  pod_labels, volume_labels, all_labels, persistentvolumeclaim, persistentvolume, storageclass,
  $capacities, cost_type, cpu, memory, volume, null
from cost
where cpu <> 0 or memory <> 0 or volume <> 0

-- Which label sets of the window have a tag rate, and which: listed tells a listed value from the
-- default of its key. rate is null when the value has none.
-- name: tags
create temporary table cost_tag on commit drop as
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, metric text, field text, cost_type text, tag_key text, tag_value text,
    rate numeric)
),
key as (select distinct metric, field, cost_type, tag_key from rate),
labelled as (
  select field, label_set.id, labels, label.key, label.value
  from (
    select 'pod' as field, id, labels from cost_label_set
    where id in (select pod_set from cost_base where data_source = 'Pod')
    union all
    select 'volume', id, labels from cost_label_set
    where id in (select volume_set from cost_base)
  ) label_set
  cross join lateral jsonb_each_text(labels) as label (key, value)
  where label.key in (select tag_key from key)
)
select labelled.field, labelled.id as label_set, labelled.labels, key.metric, key.cost_type, labelled.key, labelled.value,
  listed.rate is not null as listed, coalesce(listed.rate, other.rate) as rate,
  coalesce(listed.rate_id, other.rate_id) as rate_id
from labelled
join key on key.tag_key = labelled.key and key.field = labelled.field
left join rate listed on listed.metric = key.metric and listed.cost_type = key.cost_type
  and listed.tag_key = key.tag_key and listed.tag_value = labelled.value
left join rate other on other.metric = key.metric and other.cost_type = key.cost_type
  and other.tag_key = key.tag_key and other.tag_value is null

-- What label rates on usage charge, rate by rate. A listed value leaves only its own label on the
-- row; the default keeps all.
-- name: tag_charges
create temporary table cost_tag_charge on commit drop as
select b.usage_start, b.data_source, b.namespace, b.node, b.resource_id, b.cost_category_id,
  b.persistentvolumeclaim, b.persistentvolume, b.storageclass,
  t.field, t.cost_type, t.rate_id, split_part(t.metric, '_', 1) as kind,
  case when t.listed then jsonb_build_object(t.key, t.value) else t.labels end as labels,
  sum(case t.metric
    when 'cpu_core_usage_per_hour' then b.pod_usage_cpu_core_hours
    when 'cpu_core_request_per_hour' then b.pod_request_cpu_core_hours
    when 'cpu_core_effective_usage_per_hour' then b.pod_effective_usage_cpu_core_hours
    when 'memory_gb_usage_per_hour' then b.pod_usage_memory_gigabyte_hours
    when 'memory_gb_request_per_hour' then b.pod_request_memory_gigabyte_hours
    when 'memory_gb_effective_usage_per_hour' then b.pod_effective_usage_memory_gigabyte_hours
    when 'storage_gb_usage_per_month' then b.persistentvolumeclaim_usage_gigabyte_months
    when 'storage_gb_request_per_month' then b.volume_request_storage_gigabyte_months
  end * t.rate) as cost
from cost_tag t
join (
  select 'pod' as field, pod_set as label_set, * from cost_base where pod_set is not null
  union all
  select 'volume', volume_set, * from cost_base where volume_set is not null
) b on b.field = t.field and b.label_set = t.label_set
where t.rate <> 0 and t.metric in (
  'cpu_core_usage_per_hour', 'cpu_core_request_per_hour', 'cpu_core_effective_usage_per_hour',
  'memory_gb_usage_per_hour', 'memory_gb_request_per_hour', 'memory_gb_effective_usage_per_hour',
  'storage_gb_usage_per_month', 'storage_gb_request_per_month')
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14

-- name: tag_usage
$insert_cost
select $run, usage_start, usage_start, data_source, namespace, node, resource_id, cost_category_id,
  case field when 'pod' then labels end, case field when 'volume' then labels end, labels,
  persistentvolumeclaim, persistentvolume, storageclass, $no_capacities, cost_type,
  coalesce(sum(cost) filter (where kind = 'cpu'), 0),
  coalesce(sum(cost) filter (where kind = 'memory'), 0),
  coalesce(sum(cost) filter (where kind = 'storage'), 0), null
from cost_tag_charge
where cost <> 0
group by usage_start, data_source, namespace, node, resource_id, cost_category_id,
  persistentvolumeclaim, persistentvolume, storageclass, field, cost_type, labels

-- Tag rates of node_cost_per_month, node_core_cost_per_month and node_core_cost_per_hour: what runs
-- on the node with the label, and the rest of the node once per label value.
-- name: tag_node
$insert_cost
with grouped as (
  select b.usage_start, b.namespace, b.node, b.pod_labels, b.cost_category_id,
    t.metric, t.cost_type, t.key, t.value, t.rate, t.rate_id,
    max(b.resource_id) as resource_id, sum(b.weight) as weight, max(b.node_hours) as node_hours,
    sum(b.pod_effective_usage_cpu_core_hours) as cpu_weight,
    $capacities_of_group
  from cost_tag t
  join cost_base b on b.pod_set = t.label_set
  where t.field = 'pod' and t.rate <> 0 and b.data_source = 'Pod' and b.namespace is not null
    and b.node_capacity_cpu_core_hours <> 0 and b.cluster_capacity_cpu_core_hours <> 0
    and t.metric in ('node_cost_per_month', 'node_core_cost_per_month', 'node_core_cost_per_hour')
  group by b.usage_start, b.namespace, b.node, b.pod_labels, b.cost_category_id,
    t.metric, t.cost_type, t.key, t.value, t.rate, t.rate_id
),
role as (
  select node, resource_id, max(node_role) as node_role
  from ocp_node where source_uuid = :source
  group by node, resource_id
),
rest as (
  select usage_start, node, metric, cost_type, key, value, rate, rate_id,
    max(resource_id) as resource_id, sum(weight) as weight, max(node_hours) as node_hours,
    $capacities_of_group
  from grouped
  group by usage_start, node, metric, cost_type, key, value, rate, rate_id
),
rest_named as (
  select rest.*, case
      when role.node_role in ('master', 'infra') then 'Platform unallocated'
      when role.node_role = 'worker' then 'Worker unallocated' end as namespace
  from rest left join role
    on role.node = rest.node and role.resource_id = coalesce(rest.resource_id, '')
),
cost as (
  select usage_start, namespace, node, resource_id, cost_category_id, metric, cost_type, key, value,
    rate_id, null as all_labels, $capacities,
    case metric
      when 'node_cost_per_month' then weight / nullif(node_hours, 0) * rate
      when 'node_core_cost_per_month'
        then weight / nullif(node_hours, 0) * node_capacity_cpu_cores * rate
      when 'node_core_cost_per_hour' then cpu_weight * rate
    end as cost
  from grouped
  union all
  select usage_start, namespace, node, resource_id,
    (select max(c.cost_category_id) from reporting_ocp_cost_category_namespace c
      where rest_named.namespace like c.namespace),
    metric, cost_type, key, value, rate_id, jsonb_build_object(key, value), $capacities,
    case metric
      when 'node_cost_per_month' then (node_hours - weight) / nullif(node_hours, 0) * rate
      when 'node_core_cost_per_month'
        then (node_hours - weight) / nullif(node_hours, 0) * node_capacity_cpu_cores * rate
      when 'node_core_cost_per_hour' then (node_hours - weight) * rate
    end
  from rest_named
)
select $run, usage_start, usage_start, 'Pod', namespace, node, resource_id, cost_category_id,
  jsonb_build_object(key, value), null, all_labels, null, null, null, $capacities, cost_type,
  case when :by_memory then 0 else cost end, case when :by_memory then cost else 0 end, 0, rate_id
from cost where cost <> 0

-- A month of every claim: spread over the claims of its namespace and day. rates: tiered as in
-- monthly; tag rates from cost_tag when $tagged.
-- name: pvc
$insert_cost
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, cost_type text, rate numeric, replaced text[])
),
grouped as (
  select usage_start, node, namespace, persistentvolumeclaim, persistentvolume, volume_labels,
    cost_category_id, max(resource_id) as resource_id, max(storageclass) as storageclass,
    $capacities_of_group
  from cost_base
  where data_source = 'Storage' and persistentvolumeclaim <> ''
    and persistentvolumeclaim_capacity_gigabyte_months <> 0
  group by usage_start, node, namespace, persistentvolumeclaim, persistentvolume, volume_labels,
    cost_category_id
),
claims as (
  select usage_start, namespace, count(distinct persistentvolumeclaim) as claims
  from grouped group by usage_start, namespace
),
cost as (
  select g.*, r.rate_id, r.cost_type, g.volume_labels as labels, r.rate / c.claims as cost
  from grouped g
  join claims c on c.usage_start = g.usage_start and c.namespace is not distinct from g.namespace
  cross join rate r
  where not coalesce(jsonb_exists_any(g.volume_labels, r.replaced), false)
)
select $run, usage_start, usage_start, 'Storage', namespace, node, resource_id, cost_category_id,
  null, labels, labels, persistentvolumeclaim, persistentvolume, storageclass, $capacities,
  cost_type, 0, 0, cost, rate_id
from cost where cost <> 0

-- name: tag_pvc
$insert_cost
with grouped as (
  select b.usage_start, b.node, b.namespace, b.persistentvolumeclaim, b.persistentvolume,
    b.volume_labels, b.cost_category_id, t.cost_type, t.key, t.value, t.rate, t.rate_id,
    max(b.resource_id) as resource_id, max(b.storageclass) as storageclass,
    $capacities_of_group
  from cost_tag t
  join cost_base b on b.volume_set = t.label_set
  where t.field = 'volume' and t.metric = 'pvc_cost_per_month' and b.data_source = 'Storage'
    and b.persistentvolumeclaim <> '' and b.persistentvolumeclaim_capacity_gigabyte_months <> 0
  group by b.usage_start, b.node, b.namespace, b.persistentvolumeclaim, b.persistentvolume,
    b.volume_labels, b.cost_category_id, t.cost_type, t.key, t.value, t.rate, t.rate_id
),
claims as (
  select usage_start, namespace, cost_type, key,
    count(distinct persistentvolumeclaim) as claims
  from grouped group by usage_start, namespace, cost_type, key
)
select $run, g.usage_start, g.usage_start, 'Storage', g.namespace, node, resource_id,
  cost_category_id, null, jsonb_build_object(g.key, value), jsonb_build_object(g.key, value),
  persistentvolumeclaim, persistentvolume, storageclass, $capacities, g.cost_type,
  0, 0, rate / c.claims, rate_id
from grouped g
join claims c on c.usage_start = g.usage_start and c.namespace is not distinct from g.namespace
  and c.cost_type = g.cost_type and c.key = g.key
where rate <> 0

-- Virtual machines as a whole. rates: tiered; tag rates join from cost_tag. Hours are doubles.
-- name: vm
$insert_cost
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, metric text, cost_type text, rate numeric)
),
vm_day as (
  select usage_start, vm_name, sum(seconds) as seconds from cost_vm group by usage_start, vm_name
),
machine as (
  select usage_start, data_source, node, namespace, pod_labels, all_labels, cost_category_id,
    pod_labels ->> 'vm_kubevirt_io_name' as vm_name,
    max(resource_id) as resource_id,
    bool_or(pod_request_cpu_core_hours <> 0) as requested
  from cost_base
  where data_source = 'Pod' and jsonb_exists(all_labels, 'vm_kubevirt_io_name')
    and pod_request_cpu_core_hours is not null
  group by usage_start, data_source, node, namespace, pod_labels, all_labels, cost_category_id
),
rated as (
  select m.*, r.rate_id, r.metric, r.cost_type, r.rate
  from machine m cross join rate r
  union all
  select m.*, t.rate_id, t.metric, t.cost_type, t.rate
  from machine m join cost_tag t on t.labels = m.pod_labels
  where t.field = 'pod' and t.metric in ('vm_cost_per_month', 'vm_cost_per_hour')
),
cost as (
  select r.*, case r.metric
      when 'vm_cost_per_month' then case when r.requested then r.rate end
      else cast(v.seconds / 3600 * cast(r.rate as double precision) as numeric(33, 15))
    end as cost
  from rated r
  left join vm_day v on v.usage_start = r.usage_start and v.vm_name = r.vm_name
)
select $run, usage_start, usage_start, data_source, namespace, node, resource_id, cost_category_id,
  pod_labels, null, all_labels, null, null, null, $no_capacities, cost_type, cost, 0, 0, rate_id
from cost where cost <> 0

-- Virtual machines by cores. Rows of tiered rates stand where the machine was last seen in the
-- month and carry the labels of that day.
-- name: vm_core
$insert_cost
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, metric text, cost_type text, rate numeric)
),
vm_day as (
  select usage_start, vm_name, sum(seconds) as seconds, max(seconds) as core_seconds,
    max(cores) as cores
  from (
    select usage_start, vm_name, cores, sum(seconds) as seconds
    from cost_vm group by usage_start, vm_name, cores
  ) by_cores
  group by usage_start, vm_name
),
vm_last as (
  select distinct on (vm_name) vm_name, usage_start, node, resource_id
  from cost_vm order by vm_name, last_interval desc nulls last, usage_start desc, node
),
last_labels as (
  select vm_name, jsonb_object_agg(key, value) as labels
  from (
    select l.vm_name, label.key, max(label.value collate "C") as value
    from vm_last l
    join ocp_daily_summary s on s.source_uuid = :source and s.report_period_id = :period
      and s.usage_start = l.usage_start and s.cost_model_rate_type is null
      and s.data_source = 'Pod' and s.pod_labels ->> 'vm_kubevirt_io_name' = l.vm_name
    cross join lateral (
      select * from jsonb_each_text(s.pod_labels) union all select * from jsonb_each_text(s.all_labels)
    ) as label (key, value)
    group by l.vm_name, label.key
  ) merged
  group by vm_name
),
machine as (
  select distinct usage_start, namespace, cost_category_id, pod_labels, all_labels,
    pod_labels ->> 'vm_kubevirt_io_name' as vm_name
  from cost_base
  where data_source = 'Pod' and jsonb_exists(all_labels, 'vm_kubevirt_io_name')
    and pod_usage_cpu_core_hours is not null and pod_request_cpu_core_hours is not null
),
rated as (
  select m.usage_start, m.namespace, m.cost_category_id, m.vm_name,
    l.labels as pod_labels, l.labels as all_labels, r.rate_id, r.metric, r.cost_type, r.rate, false as by_label
  from (select distinct usage_start, namespace, cost_category_id, vm_name from machine) m
  join last_labels l on l.vm_name = m.vm_name
  cross join rate r
  union all
  select m.usage_start, m.namespace, m.cost_category_id, m.vm_name, m.pod_labels, m.all_labels,
    t.rate_id, t.metric, t.cost_type, t.rate, true
  from machine m join cost_tag t on t.labels = m.pod_labels
  where t.field = 'pod' and t.metric in ('vm_core_cost_per_month', 'vm_core_cost_per_hour')
),
cost as (
  select r.*, l.node, l.resource_id, cast(case
      when r.metric = 'vm_core_cost_per_month' then v.cores * cast(r.rate as double precision)
      when r.by_label
        then v.cores * cast(r.rate as double precision) * (v.seconds / 3600)
      else v.core_seconds / 3600 * v.cores * cast(r.rate as double precision)
    end as numeric(33, 15)) as cost
  from rated r
  join vm_day v on v.usage_start = r.usage_start and v.vm_name = r.vm_name
  left join vm_last l on l.vm_name = r.vm_name
)
select $run, usage_start, usage_start, 'Pod', namespace, node, resource_id, cost_category_id,
  pod_labels, null, all_labels, null, null, null, $no_capacities, cost_type, cost, 0, 0, rate_id
from cost where cost <> 0

-- A month of a namespace by its labels, over the nodes on which it runs.
-- name: project
$insert_cost
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, cost_type text, tag_key text, tag_value text, rate numeric)
),
key as (select distinct cost_type, tag_key from rate),
labelled as (
  select n.usage_start, n.namespace, n.labels, k.cost_type, k.tag_key,
    coalesce(listed.rate, other.rate) as rate, coalesce(listed.rate_id, other.rate_id) as rate_id
  from (
    select usage_start, namespace, cast(labels as jsonb) as labels
    from cost_namespace_label where labels <> ''
  ) n
  join key k on jsonb_exists(n.labels, k.tag_key)
  left join rate listed on listed.cost_type = k.cost_type and listed.tag_key = k.tag_key
    and listed.tag_value = n.labels ->> k.tag_key
  left join rate other on other.cost_type = k.cost_type and other.tag_key = k.tag_key
    and other.tag_value is null
),
place as (
  select usage_start, namespace, node, max(resource_id) as resource_id
  from cost_base where namespace is not null
  group by usage_start, namespace, node
),
places as (
  select usage_start, namespace, count(node) as nodes from place group by usage_start, namespace
)
select $run, l.usage_start, l.usage_start, 'Pod', l.namespace, p.node, p.resource_id, null,
  l.labels, null, l.labels, null, null, null, $no_capacities, l.cost_type,
  l.rate / greatest(coalesce(s.nodes, 0), 1), null, null, l.rate_id
from labelled l
left join place p on p.usage_start = l.usage_start and p.namespace = l.namespace
left join places s on s.usage_start = l.usage_start and s.namespace = l.namespace
where l.rate <> 0

-- GPUs in use, one row per record, and what of a node's GPUs is free. rates: vendor, model (null
-- for the default), rate per month. The arithmetic is in doubles, as the usage is.
-- name: gpu
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, infrastructure_markup_cost,
  infrastructure_project_markup_cost, usage_start, usage_end, data_source, namespace, node,
  resource_id, cost_category_id, all_labels, cost_model_rate_type,
  cost_model_gpu_cost, cost_rate_id)
with rate as materialized (
  select rate_id, cost_type, vendor, model, round(rate, 9) as rate
  from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, cost_type text, vendor text, model text, rate numeric)
),
vendor as (select distinct cost_type, vendor from rate),
used as (
  select g.*, v.cost_type, coalesce(listed.rate, other.rate) as rate,
    coalesce(listed.rate_id, other.rate_id) as rate_id
  from cost_gpu g
  join vendor v on v.vendor = g.vendor
  left join rate listed on listed.cost_type = v.cost_type and listed.vendor = v.vendor
    and listed.model = g.model
  left join rate other on other.cost_type = v.cost_type and other.vendor = v.vendor
    and other.model is null
  where g.usage_start between :start and :end
),
node_gpu as (
  select usage_start, node, labels ->> 'nvidia_com_gpu_count' as gpus,
    lower(btrim(labels ->> 'nvidia_com_mig_strategy')) as strategy, hours
  from (
    select usage_start, node, cast(labels as jsonb) as labels, hours
    from cost_node_label where usage_start between :start and :end
  ) present
),
busy as (
  select usage_start, node, model, vendor, cost_type, max(rate) as rate, max(rate_id) as rate_id,
    max(coalesce(gpu_max_slices, 1)) as slices,
    sum(uptime * coalesce(mig_slice_count, 1)) / 3600 as hours
  from used group by usage_start, node, model, vendor, cost_type
),
free as (
  select b.usage_start, b.node, b.model, b.cost_type, b.rate, b.rate_id, b.slices,
    sum(case
      when n.strategy is null or n.strategy = 'mixed'
        then n.hours * cast(n.gpus as double precision) * b.slices
      when n.strategy = 'single' then n.hours * cast(n.gpus as double precision)
    end) - b.hours as hours
  from busy b
  join node_gpu n on n.usage_start = b.usage_start and n.node = b.node
  group by b.usage_start, b.node, b.model, b.cost_type, b.rate, b.rate_id, b.slices, b.hours
),
cost as (
  select usage_start, namespace, node, gpu_uuid as resource_id, cost_type, rate_id,
    jsonb_strip_nulls(jsonb_build_object(
      'gpu-model', model, 'gpu-vendor', vendor, 'gpu-memory-mib', cast(memory_mib as text),
      'mig-profile', mig_profile, 'mig-slice-count', cast(mig_slice_count as text),
      'gpu-max-slices', cast(gpu_max_slices as text), 'mig-strategy', mig_strategy,
      'mig-memory-mib', cast(mig_memory_mib as text),
      'gpu-mode', case when mig_profile <> '' then 'MIG' else 'dedicated' end,
      'gpu-uuid', gpu_uuid, 'mig-instance-id', mig_instance_id)) as labels,
    cast(coalesce(cast(rate / cast(:days as integer) as double precision) * uptime / 86400
      * case when mig_slice_count is not null and gpu_max_slices > 0
          then cast(mig_slice_count as double precision) / gpu_max_slices else 1 end, 0)
      as numeric(33, 15)) as cost
  from used
  union all
  select usage_start, 'GPU unallocated', node, null, cost_type, rate_id,
    jsonb_build_object('gpu-model', model, 'max-slices-per-gpu', cast(slices as text)),
    cast(cast(rate as double precision) / (cast(:days as integer) * 24 * slices) * hours
      as numeric(33, 15))
  from free where hours > 0 and rate <> 0
)
select $run, usage_start, usage_start, 'GPU', namespace, node, resource_id,
  (select max(c.cost_category_id) from reporting_ocp_cost_category_namespace c
    where cost.namespace like c.namespace),
  labels, cost_type, cost, rate_id
from cost

-- What is billed and charged at each place, in one pass over the rows of the window; what follows
-- reads this. A place is a namespace on a node, by day and data source. What is billed in another
-- currency than the model's is converted by the month's rate and 0 without one; :mixed adds it up as
-- it is.
-- name: places
create temporary table cost_place on commit drop as
with model as materialized (
  select m.currency from cost_model_map map join cost_model m on m.uuid = map.cost_model_id
  where map.provider_uuid = :source
),
bill as materialized (
  select base_currency as currency, exchange_rate as factor
  from monthly_exchange_rate
  where effective_date = :month_start and target_currency = (select currency from model)
)
select usage_start, namespace, node, data_source, cost_category_id,
  max(resource_id) as resource_id, max(cluster_alias) as cluster_alias,
  max(raw_currency) as raw_currency,
  coalesce(bool_or(infrastructure_raw_cost <> 0), false) as billed_at_all,
  coalesce(sum(coalesce(infrastructure_raw_cost, 0) + coalesce(infrastructure_markup_cost, 0))
    filter (where cost_model_rate_type is null), 0) as billed,
  coalesce(sum((coalesce(infrastructure_raw_cost, 0) + coalesce(infrastructure_markup_cost, 0))
      * case when :mixed or raw_currency is null
          or raw_currency = coalesce((select currency from model), raw_currency) then 1
        else coalesce(bill.factor, 0) end)
    filter (where cost_model_rate_type is null), 0) as converted,
  coalesce(sum($charged) filter (where cost_model_rate_type = 'Infrastructure'), 0) as infrastructure,
  coalesce(sum($charged) filter (where cost_model_rate_type = 'Supplementary'), 0) as supplementary,
  coalesce(sum(cost_model_gpu_cost), 0) as gpu,
  coalesce(sum(case when :by_memory then pod_effective_usage_memory_gigabyte_hours
      else pod_effective_usage_cpu_core_hours end)
    filter (where cost_model_rate_type is null), 0) as weight,
  $capacities_of_group
from ocp_daily_summary left join bill on bill.currency = raw_currency
where source_uuid = :source and report_period_id = :period and usage_start between :start and :end
  and cost_model_rate_type is distinct from 'gpu_distributed'
group by usage_start, namespace, node, data_source, cost_category_id

-- name: charged
coalesce(cost_model_cpu_cost, 0) + coalesce(cost_model_memory_cost, 0)
  + coalesce(cost_model_volume_cost, 0) + coalesce(cost_model_gpu_cost, 0)

-- name: analyse_places
analyze cost_place

-- Platform, worker, storage and network overhead. kinds: those that are switched on. Of each day's
-- pool the receivers get their share of the weight, rounded; the receiver with the most weight
-- gets what rounding left, so that a day's rows of a kind add up to zero. Where nothing can
-- receive, the pool stays where it is, unless :unreceived says that it is taken away all the same.
-- Platform and worker overhead is distributed in the model's currency, storage and network in the
-- bill's.
-- name: distribution
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, infrastructure_markup_cost,
  infrastructure_project_markup_cost, usage_start, usage_end, data_source, namespace, node,
  resource_id, cost_category_id,
  node_capacity_cpu_cores, node_capacity_cpu_core_hours,
  node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
  cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
  cost_model_rate_type, raw_currency, distributed_cost)
with place as materialized (
  select *, coalesce(cost_category_id
      = (select id from reporting_ocp_cost_category where name = 'Platform'), false) as platform,
    billed + infrastructure + supplementary - gpu as as_billed,
    round(converted + infrastructure + supplementary - gpu, 15) as charged
  from cost_place where namespace is not null
),
part as (
  select 'platform_distributed' as kind, platform as source, usage_start, namespace, node,
    data_source, cost_category_id, resource_id, null as raw_currency, charged as cost, weight,
    $capacities
  from place
  where jsonb_exists(cast(:kinds as jsonb), 'platform_distributed')
    and namespace not in ('Worker unallocated', 'Storage unattributed', 'Network unattributed')
  union all
  select 'worker_distributed', namespace = 'Worker unallocated', usage_start, namespace, node,
    'Pod', max(cost_category_id), max(resource_id), null, sum(charged), sum(weight),
    $capacities_of_group
  from place
  where jsonb_exists(cast(:kinds as jsonb), 'worker_distributed')
    and not platform and namespace not in ('Storage unattributed', 'Network unattributed')
    and (data_source = 'Pod' or namespace = 'Worker unallocated')
  group by usage_start, namespace, node
  union all
  select 'unattributed_storage', namespace = 'Storage unattributed', usage_start, namespace, node,
    data_source, cost_category_id, resource_id, raw_currency, as_billed, weight, $capacities
  from place
  where jsonb_exists(cast(:kinds as jsonb), 'unattributed_storage')
    and not platform and namespace not in ('Network unattributed', 'Worker unallocated')
  union all
  select 'unattributed_network', namespace = 'Network unattributed', usage_start, namespace, node,
    data_source, cost_category_id, resource_id, raw_currency, as_billed, weight, $capacities
  from place
  where jsonb_exists(cast(:kinds as jsonb), 'unattributed_network')
    and not platform and namespace not in ('Storage unattributed', 'Worker unallocated')
),
pool as (
  select kind, usage_start, sum(cost) filter (where source) as pool,
    sum(weight) filter (where not source) as weights, count(*) filter (where not source) as receivers
  from part group by kind, usage_start
),
pooled as (
  select part.*, pool, weights, receivers,
    row_number() over (partition by part.kind, part.usage_start, source
      order by weight desc, namespace collate "C", node collate "C", data_source, cost_category_id)
      as place
  from part
  join pool on pool.kind = part.kind and pool.usage_start = part.usage_start and pool <> 0
),
share as (
  select pooled.*, case
      when source and (weights <> 0 or (:unreceived
        and (receivers > 0 or kind in ('unattributed_storage', 'unattributed_network'))))
        then -round(cost, 15)
      when not source and weights <> 0 then round(weight * pool / weights, 15)
    end as cost_share
  from pooled
),
kept as (
  select share.*, case when not source and place = 1
      then cost_share + round(pool, 15)
        - sum(cost_share) filter (where not source) over (partition by kind, usage_start)
      else cost_share end as distributed
  from share
)
select $run, usage_start, usage_start, data_source, namespace, node, resource_id, cost_category_id,
  $capacities, kind, raw_currency, distributed
from kept where distributed <> 0

-- name: clear_gpu_distribution
delete from ocp_daily_summary
where source_uuid = :source and report_period_id = :period
  and usage_start between :month_start and :month_end and cost_model_rate_type = 'gpu_distributed'

-- Free GPU capacity, to the namespaces that used the model on the node that day by the slice time
-- that they used. :largest keeps only the largest share of a namespace on a node.
-- name: gpu_distribution
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, infrastructure_markup_cost,
  infrastructure_project_markup_cost, usage_start, usage_end, data_source, namespace, node,
  cost_category_id, cost_model_rate_type, distributed_cost)
with free as (
  select usage_start, node, all_labels ->> 'gpu-model' as model, sum(cost_model_gpu_cost) as cost
  from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :month_start and :month_end
    and data_source = 'GPU' and namespace = 'GPU unallocated'
    and cost_model_rate_type in ('Infrastructure', 'Supplementary')
  group by usage_start, node, all_labels ->> 'gpu-model'
),
used as (
  select usage_start, node, model, namespace,
    cast(sum(uptime * coalesce(mig_slice_count, 1)) as numeric) as weight
  from cost_gpu group by usage_start, node, model, namespace
),
share as (
  select f.usage_start, f.node, f.model, f.cost, u.namespace,
    round(f.cost * u.weight
      / nullif(sum(u.weight) over (partition by f.usage_start, f.node, f.model), 0), 15) as share,
    row_number() over (partition by f.usage_start, f.node, f.model
      order by u.weight desc, u.namespace) as place
  from free f
  join used u on u.usage_start = f.usage_start and u.node = f.node and u.model = f.model
),
kept as (
  select share.*, case when place = 1 then share + cost
      - sum(share) over (partition by usage_start, node, model) else share end as kept
  from share where share is not null
),
result as (
  select usage_start, node, namespace,
    case when :largest then max(kept) else sum(kept) end as distributed
  from kept group by usage_start, node, namespace
  union all
  select usage_start, node, 'GPU unallocated', -cost
  from kept where place = 1
)
select $run, usage_start, usage_start, 'GPU', namespace, node,
  (select max(c.cost_category_id) from reporting_ocp_cost_category_namespace c
    where result.namespace like c.namespace),
  'gpu_distributed', distributed
from result where distributed <> 0

-- Cost by rate. rates: the usage rates one by one, with the number of the amount that each
-- charges. What rounding left comes as one more amount of the dearest rate.
-- name: clear_parts
delete from ocp_cost_part
where source_uuid = :source and usage_start between :start and :end

-- name: parts
insert into ocp_cost_part (usage_start, source_uuid, cluster_id, cluster_alias, cost_category_id,
  cost_model_rate_type, raw_currency, namespace, node, rates, amounts)
with rate as materialized (
  select * from jsonb_to_recordset(cast(:rates as jsonb)) as rate (
    rate_id bigint, cost_type text, amount integer, rate numeric)
),
replaceable as materialized (
  select * from jsonb_to_recordset(cast(:replaceable as jsonb)) as rate (
    rate_id bigint, cost_type text, amount integer, rate numeric, replaced text[])
),
node_day as (
  select usage_start, node, nullif(sum(weight), 0) as weight
  from cost_base where node <> ''
  group by usage_start, node
),
used as (
  select b.usage_start, b.namespace, coalesce(b.node, '') as place, array[
    sum(b.pod_usage_cpu_core_hours), sum(b.pod_request_cpu_core_hours),
    sum(b.pod_effective_usage_cpu_core_hours),
    sum(b.pod_usage_memory_gigabyte_hours), sum(b.pod_request_memory_gigabyte_hours),
    sum(b.pod_effective_usage_memory_gigabyte_hours),
    sum(b.persistentvolumeclaim_usage_gigabyte_months),
    sum(b.volume_request_storage_gigabyte_months),
    case when :by_memory then sum(b.pod_effective_usage_memory_gigabyte_hours
        * b.node_capacity_cpu_core_hours / nullif(b.node_capacity_memory_gigabyte_hours, 0))
      else sum(b.pod_effective_usage_cpu_core_hours) end,
    sum(case when :by_hour then b.weight / n.weight * (b.node_hours / nullif(b.cluster_hours, 0))
      * (b.node_hours / nullif(b.node_size, 0)) end),
    $monthly_amounts] as amounts
  from cost_base b
  left join node_day n on n.usage_start = b.usage_start and n.node = b.node
  where b.namespace is not null
  group by b.usage_start, b.namespace, coalesce(b.node, '')
),
rated as (
  select usage_start, namespace, coalesce(node, '') as place, cost_type, rate_id,
    round(sum(amount), 15) as amount
  from (
    select usage_start, namespace, node, cost_model_rate_type as cost_type, cost_rate_id as rate_id,
      $charged as amount
    from ocp_daily_summary
    where source_uuid = :source and report_period_id = :period
      and usage_start between :start and :end
      and cost_model_rate_type in ('Infrastructure', 'Supplementary') and cost_rate_id is not null
    union all
    select usage_start, namespace, node, cost_type, rate_id, cost from cost_tag_charge
    union all
    select used.usage_start, used.namespace, used.node, r.cost_type, r.rate_id,
      r.rate * used.amounts[r.amount - cast(:monthly as integer) + 1]
    from replaceable r
    cross join lateral (
      select b.usage_start, b.namespace, b.node, array[$monthly_amounts] as amounts
      from cost_base b
      where b.namespace is not null
        and not coalesce(jsonb_exists_any(b.pod_labels, r.replaced), false)
      group by b.usage_start, b.namespace, b.node) used
  ) charge
  where amount <> 0
  group by usage_start, namespace, coalesce(node, ''), cost_type, rate_id
),
rated_part as (
  select usage_start, namespace, place, cost_type,
    array_agg(rate_id) as rates, array_agg(amount) as amounts, sum(amount) as charged,
    max(amount) as most
  from rated group by usage_start, namespace, place, cost_type
),
carried as (
  select usage_start, namespace, coalesce(node, '') as place,
    max(node) as node, max(cluster_alias) as cluster_alias,
    max(cost_category_id) as cost_category_id,
    sum(infrastructure) as infrastructure, sum(supplementary) as supplementary
  from cost_place
  group by usage_start, namespace, coalesce(node, '')
),
-- What a place carries beside what the rates charged, rate by rate.
listed as (
  select c.usage_start, c.namespace, c.node, t.cost_type, c.cluster_alias, c.cost_category_id,
    t.carried, p.rates || r.rates as rates, p.amounts || r.amounts as amounts,
    coalesce(p.charged, 0) + coalesce(r.charged, 0) as charged, greatest(p.most, r.most) as most
  from carried c
  left join used u on u.usage_start = c.usage_start and u.namespace = c.namespace
    and u.place = c.place
  cross join lateral (values ('Infrastructure', c.infrastructure),
    ('Supplementary', c.supplementary)) as t (cost_type, carried)
  left join rated_part r on r.usage_start = c.usage_start and r.namespace = c.namespace
    and r.place = c.place and r.cost_type = t.cost_type
  cross join lateral (
    select array_agg(rate_id) as rates, array_agg(amount) as amounts, sum(amount) as charged,
      max(amount) as most
    from (
      select rate_id, round(rate * u.amounts[rate.amount], 15) as amount
      from rate where cost_type = t.cost_type and u.amounts[rate.amount] <> 0) charge) p
  where p.rates is not null or r.rates is not null
)
select usage_start, cast(:source as uuid), cast(:cluster as text), cluster_alias,
  cost_category_id, cost_type, null, namespace, node,
  case when carried = charged then rates
    else rates || rates[array_position(amounts, most)] end,
  case when carried = charged then amounts else amounts || (carried - charged) end
from listed
union all
select usage_start, cast(:source as uuid), cast(:cluster as text), max(cluster_alias),
  max(cost_category_id), null, raw_currency, namespace, node, array[0, 1],
  array[sum(coalesce(infrastructure_raw_cost, 0)), sum(coalesce(infrastructure_markup_cost, 0))]
from ocp_daily_summary
where source_uuid = :source and report_period_id = :period
  and usage_start between :start and :end and cost_model_rate_type is null
  and (infrastructure_raw_cost <> 0 or infrastructure_markup_cost <> 0)
  and exists (select from cost_place where billed_at_all)
group by usage_start, namespace, node, raw_currency

-- Shares of a node's month, of its cores and of a cluster's month.
-- name: monthly_amounts
sum(b.monthly_weight / nullif(b.node_hours, 0)),
    sum(b.monthly_weight / nullif(b.node_hours, 0) * b.node_capacity_cpu_cores),
    sum(b.monthly_weight / nullif(b.cluster_hours, 0))

-- name: names
insert into cost_rate (id, name, metric, cost_type, tag_key)
select id, name, metric, cost_type, tag_key
from jsonb_to_recordset(cast(:names as jsonb)) as rate (
  id bigint, name text, metric text, cost_type text, tag_key text)
order by id
on conflict do nothing

-- What the overhead of a day consisted of, by rate: of the whole pool for those who receive, of
-- its own cost for each place that gives.
-- name: clear_compositions
delete from ocp_distribution_part
where source_uuid = :source and usage_start between :start and :end
  and cost_model_rate_type <> 'gpu_distributed'

-- name: compositions
insert into ocp_distribution_part (usage_start, source_uuid, cost_model_rate_type, namespace, node,
  rates, fractions)
with given as (
  select p.usage_start, kind.label, p.namespace, p.node, part.rate, sum(part.amount) as amount
  from ocp_cost_part p
  cross join lateral unnest(p.rates, p.amounts) as part (rate, amount)
  join cost_rate r on r.id = part.rate and r.metric <> 'gpu_cost_per_month'
  join (values
    ('platform_distributed', null), ('worker_distributed', 'Worker unallocated'),
    ('unattributed_storage', 'Storage unattributed'),
    ('unattributed_network', 'Network unattributed')) as kind (label, namespace)
    on case when kind.namespace is null
      then p.cost_category_id = (select id from reporting_ocp_cost_category where name = 'Platform')
        and p.namespace not in
          ('Worker unallocated', 'Storage unattributed', 'Network unattributed')
      else p.namespace = kind.namespace end
  where p.source_uuid = :source and p.usage_start between :start and :end
    and kind.label in (select jsonb_array_elements_text(cast(:kinds as jsonb)))
  group by p.usage_start, kind.label, p.namespace, p.node, part.rate
),
pooled as (
  select usage_start, label, namespace, node, rate, amount from given
  union all
  select usage_start, label, null, null, rate, sum(amount) from given
  group by usage_start, label, rate
),
$fractions

-- name: clear_gpu_compositions
delete from ocp_distribution_part
where source_uuid = :source and usage_start between :month_start and :month_end
  and cost_model_rate_type = 'gpu_distributed'

-- name: gpu_compositions
insert into ocp_distribution_part (usage_start, source_uuid, cost_model_rate_type, namespace, node,
  rates, fractions)
with pooled as (
  select usage_start, 'gpu_distributed' as label, cast(null as text) as namespace, node, cost_rate_id as rate,
    sum(cost_model_gpu_cost) as amount
  from ocp_daily_summary
  where source_uuid = :source and report_period_id = :period
    and usage_start between :month_start and :month_end
    and data_source = 'GPU' and namespace = 'GPU unallocated'
    and cost_model_rate_type in ('Infrastructure', 'Supplementary')
  group by usage_start, node, cost_rate_id
),
$fractions

-- The fractions of a pool add up to 1: the greatest takes what rounding left.
-- name: fractions
share as (
  select pooled.*, round(amount / nullif(sum(amount) over pool, 0), 15) as fraction,
    row_number() over (partition by usage_start, label, namespace, node order by amount desc, rate)
      as place
  from pooled
  where amount <> 0
  window pool as (partition by usage_start, label, namespace, node)
)
select usage_start, cast(:source as uuid), label, namespace, node,
  array_agg(rate order by place),
  array_agg(case place when 1 then fraction + 1 - whole else fraction end order by place)
from (
  select share.*, sum(fraction) over (partition by usage_start, label, namespace, node) as whole
  from share where fraction is not null
) kept
group by usage_start, label, namespace, node

-- name: drop
drop table if exists cost_vm, cost_gpu, cost_node_label, cost_namespace_label, cost_label_set,
  cost_base, cost_tag, cost_tag_charge, cost_place
