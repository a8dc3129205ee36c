-- Virtual machines of one source in one month (summaries, section 7.7).
-- Parameters: source, start, end (whole month for reported, mounted; days to fill for fill), year,
-- month, first (of the month), next (first of the next month).

-- name: reported
select lines.namespace, lines.vm_name, max(lines.node) as node,
  max(lines.last_cpu_request_cores) * 24 as cpu_hours,
  max(lines.last_memory_request_bytes) / 1073741824 * 24 as gigabyte_hours
from @lines(openshift_vm_usage_line_items_daily) lines
join (
  select namespace, vm_name, max(last_interval) as last_interval
  from @lines(openshift_vm_usage_line_items_daily) lines
  where @lines_of(lines)
  group by namespace, vm_name) latest
  on latest.namespace = lines.namespace and latest.vm_name = lines.vm_name
  and latest.last_interval = lines.last_interval
where @lines_of(lines)
group by lines.namespace, lines.vm_name

-- Claims that the operator names, and claims that a machine's pod mounts.
-- name: claims
select distinct namespace, vm_name, vm_persistentvolumeclaim_name as persistentvolumeclaim
from @lines(openshift_vm_usage_line_items_daily) lines
where @lines_of(lines) and vm_persistentvolumeclaim_name <> ''
union
select pods.namespace, pods.vm_name, volumes.persistentvolumeclaim
from (
  select distinct namespace, pod, @label(@labels(pod_labels), vm_kubevirt_io_name) as vm_name
  from @lines(openshift_pod_usage_line_items_daily) lines
  where @lines_of(lines) and pod_labels like '%"vm_kubevirt_io_name"%') pods
join (
  select distinct namespace, pod, persistentvolumeclaim
  from @lines(openshift_storage_usage_line_items_daily) lines
  where @lines_of(lines) and persistentvolumeclaim <> '' and pod <> '') volumes
  on volumes.namespace = pods.namespace and volumes.pod = pods.pod
where pods.vm_name is not null

-- The rest runs in PostgreSQL, on the daily summary.

-- name: forget
delete from ocp_virtual_machine
where source_uuid = cast(:source as uuid) and month = cast(:first as date)

-- name: forget_claims
delete from ocp_virtual_machine_claim
where source_uuid = cast(:source as uuid) and month = cast(:first as date)

-- name: machine
insert into ocp_virtual_machine (
  source_uuid, month, namespace, vm_name, node, pod_request_cpu_core_hours,
  pod_request_memory_gigabyte_hours)
values (cast(:source as uuid), cast(:first as date), :namespace, :vm_name, :node, :cpu_hours,
  :gigabyte_hours)

-- name: claim
insert into ocp_virtual_machine_claim (
  source_uuid, month, namespace, vm_name, persistentvolumeclaim)
values (cast(:source as uuid), cast(:first as date), :namespace, :vm_name, :persistentvolumeclaim)
on conflict do nothing

-- Machines that no report names, and the labels of all: from their pods on the second-to-last day
-- that has requests.
-- name: machines_of_pods
with
machine_pods as (
  select usage_start, namespace, node, pod_labels, pod_request_cpu_core_hours,
    pod_request_memory_gigabyte_hours, pod_labels ->> 'vm_kubevirt_io_name' as vm_name
  from ocp_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start >= cast(:first as date) and usage_start < cast(:next as date)
    and data_source = 'Pod' and cost_model_rate_type is null and raised_from is null
    and pod_request_cpu_core_hours is not null
    and jsonb_exists(pod_labels, 'vm_kubevirt_io_name')
),
fact_day as (
  select min(usage_start) as day
  from (select distinct usage_start from machine_pods order by usage_start desc limit 2) days
)
insert into ocp_virtual_machine (
  source_uuid, month, namespace, vm_name, node, pod_request_cpu_core_hours,
  pod_request_memory_gigabyte_hours, pod_labels)
select distinct on (namespace, vm_name)
  cast(:source as uuid), cast(:first as date), namespace, vm_name, node,
  pod_request_cpu_core_hours, pod_request_memory_gigabyte_hours, pod_labels
from machine_pods
where usage_start = (select day from fact_day) and namespace is not null
order by namespace, vm_name, pod_request_cpu_core_hours desc, pod_labels
on conflict (source_uuid, month, namespace, vm_name)
  do update set pod_labels = excluded.pod_labels

-- name: fill
with
machines as (
  select namespace, vm_name, node, pod_request_cpu_core_hours, pod_request_memory_gigabyte_hours,
    pod_labels
  from ocp_virtual_machine
  where source_uuid = cast(:source as uuid) and month = cast(:first as date)
),
claims as (
  select namespace, vm_name, persistentvolumeclaim
  from ocp_virtual_machine_claim
  where source_uuid = cast(:source as uuid) and month = cast(:first as date)
),
days as (
  select *
  from ocp_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start between cast(:start as date) and cast(:end as date)
    and namespace in (select namespace from machines)
    and $scope
),
machine_pods as (
  select days.*, pod_labels ->> 'vm_kubevirt_io_name' as vm_name
  from days
  where data_source = 'Pod' and jsonb_exists(pod_labels, 'vm_kubevirt_io_name')
),
by_memory as (
  select exists (
    select 1 from cost_model_map
    join cost_model on cost_model.uuid = cost_model_map.cost_model_id
    where provider_uuid = cast(:source as uuid) and distribution = 'memory') as yes
),
totals as (
  select usage_start, namespace, node,
    sum(case when (select yes from by_memory) then pod_effective_usage_memory_gigabyte_hours
      else pod_effective_usage_cpu_core_hours end) as effective
  from days
  where data_source = 'Pod' and cost_model_rate_type is null
  group by usage_start, namespace, node
),
shares as (
  select usage_start, namespace, node, vm_name,
    sum(case when (select yes from by_memory) then pod_effective_usage_memory_gigabyte_hours
      else pod_effective_usage_cpu_core_hours end)
      / nullif(max(totals.effective), 0) as share
  from machine_pods
  join totals using (usage_start, namespace, node)
  where cost_model_rate_type is null
  group by usage_start, namespace, node, vm_name
),
storage_day as (
  select min(usage_start) as day
  from (
    select distinct usage_start from ocp_daily_summary
    where source_uuid = cast(:source as uuid)
      and usage_start >= cast(:first as date) and usage_start < cast(:next as date)
      and data_source = 'Storage' and cost_model_rate_type is null and raised_from is null
    order by usage_start desc limit 2) latest
),
claim_labels as (
  select distinct on (namespace, persistentvolumeclaim) namespace, persistentvolumeclaim,
    volume_labels
  from ocp_daily_summary
  where source_uuid = cast(:source as uuid) and usage_start = (select day from storage_day)
    and data_source = 'Storage' and cost_model_rate_type is null and raised_from is null
    and (namespace, persistentvolumeclaim)
      in (select namespace, persistentvolumeclaim from claims)
  order by namespace, persistentvolumeclaim, volume_labels
)
insert into ocp_vm (
  usage_start, usage_end, source_uuid, cluster_id, cluster_alias, cost_model_rate_type,
  cost_category_id, raw_currency, namespace, node, vm_name, pod_labels, resource_id,
  persistentvolumeclaim, storageclass, infrastructure_raw_cost, infrastructure_markup_cost,
  cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost, cost_model_gpu_cost,
  distributed_cost, pod_request_cpu_core_hours, pod_request_memory_gigabyte_hours,
  persistentvolumeclaim_capacity_gigabyte_months, persistentvolumeclaim_usage_gigabyte_months)
select usage_start, usage_start, source_uuid, cluster_id, max(cluster_alias), cost_model_rate_type,
  max(cost_category_id), max(raw_currency), namespace, coalesce(machines.node, pods.node), vm_name,
  coalesce(machines.pod_labels, '{}'), max(resource_id), cast(null as text), cast(null as text),
  sum(infrastructure_raw_cost), sum(infrastructure_markup_cost), sum(cost_model_cpu_cost),
  sum(cost_model_memory_cost), sum(cost_model_volume_cost), sum(cost_model_gpu_cost),
  sum(distributed_cost), max(machines.pod_request_cpu_core_hours),
  max(machines.pod_request_memory_gigabyte_hours), cast(null as numeric), cast(null as numeric)
from machine_pods pods
left join machines using (namespace, vm_name)
group by usage_start, source_uuid, cluster_id, cost_model_rate_type, namespace,
  coalesce(machines.node, pods.node), vm_name, machines.pod_labels
union all
select usage_start, usage_start, source_uuid, cluster_id, max(cluster_alias), cost_model_rate_type,
  max(cost_category_id), max(raw_currency), namespace, coalesce(machines.node, rows.node), vm_name,
  coalesce(machines.pod_labels, '{}'), max(resource_id), null, null,
  null, null, null, null, null, null, sum(distributed_cost * share),
  max(machines.pod_request_cpu_core_hours), max(machines.pod_request_memory_gigabyte_hours),
  null, null
from (
  select usage_start, source_uuid, cluster_id, cluster_alias, cost_model_rate_type,
    cost_category_id, raw_currency, namespace, node, resource_id, distributed_cost
  from days where distributed_cost <> 0) rows
join shares using (usage_start, namespace, node)
left join machines using (namespace, vm_name)
group by usage_start, source_uuid, cluster_id, cost_model_rate_type, namespace,
  coalesce(machines.node, rows.node), vm_name, machines.pod_labels
union all
select usage_start, usage_start, source_uuid, cluster_id, max(cluster_alias), cost_model_rate_type,
  max(cost_category_id), max(raw_currency), namespace, max(days.node), vm_name,
  coalesce(claim_labels.volume_labels, '{}') || coalesce(machines.pod_labels, '{}'),
  max(resource_id), persistentvolumeclaim, max(storageclass),
  sum(infrastructure_raw_cost), sum(infrastructure_markup_cost), sum(cost_model_cpu_cost),
  sum(cost_model_memory_cost), sum(cost_model_volume_cost), sum(cost_model_gpu_cost),
  sum(distributed_cost), null, null,
  max(persistentvolumeclaim_capacity_gigabyte_months),
  max(persistentvolumeclaim_usage_gigabyte_months)
from days
join claims using (namespace, persistentvolumeclaim)
left join machines using (namespace, vm_name)
left join claim_labels using (namespace, persistentvolumeclaim)
where data_source = 'Storage' and days.node is not null and resource_id is not null
group by usage_start, source_uuid, cluster_id, cost_model_rate_type, namespace, vm_name,
  claim_labels.volume_labels, machines.pod_labels, persistentvolumeclaim
