-- Scopes and computed columns of the rollups of OpenShift's daily summary.

-- GPUs of a source that has no GPU rows in these days, because no rate applies to them. Fills the
-- GPU rollup from line items. Parameters: source, start, end, year, month, cluster, alias,
-- cost_groups ([{namespace: pattern, cost_category_id}]).

-- name: gpu_usage_columns
usage_start, usage_end, source_uuid, cluster_id, cluster_alias, cost_category_id, namespace, node,
  vendor_name, model_name, mig_profile, mig_instance_id, gpu_uuid, gpu_mode, memory_capacity_gb,
  mig_memory_capacity_gb, mig_slice_count, gpu_max_slices

-- name: gpu_usage
select usage_start, usage_start as usage_end, cast(:source as uuid) as source_uuid,
  :cluster as cluster_id, :alias as cluster_alias, cost_category_id, used.namespace, node,
  gpu_vendor_name, gpu_model_name, mig_profile, mig_instance_id, gpu_uuid,
  case when mig_profile is null then 'dedicated' else 'MIG' end as gpu_mode,
  @decimal(memory_mib * 0.001048576) as memory_capacity_gb,
  @decimal(mig_memory_mib * 0.001048576) as mig_memory_capacity_gb, mig_slice_count, gpu_max_slices
from (
  select usage_start, namespace, node, gpu_vendor_name, gpu_model_name,
    nullif(mig_profile, '') as mig_profile, nullif(mig_instance_id, '') as mig_instance_id,
    gpu_uuid, max(gpu_memory_capacity_mib) as memory_mib,
    max(mig_memory_capacity_mib) as mig_memory_mib, max(mig_slice_count) as mig_slice_count,
    max(gpu_max_slices) as gpu_max_slices
  from @lines(openshift_gpu_usage_line_items_daily) lines
  where @lines_of(lines)
  group by usage_start, namespace, node, gpu_vendor_name, gpu_model_name,
    nullif(mig_profile, ''), nullif(mig_instance_id, ''), gpu_uuid) used
left join (
  select namespaces.namespace, max(patterns.cost_category_id) as cost_category_id
  from (
    select distinct namespace
    from @lines(openshift_gpu_usage_line_items_daily) lines
    where @lines_of(lines)) namespaces
  join @rows(:cost_groups, namespace text, cost_category_id bigint) patterns
    on namespaces.namespace like patterns.namespace
  group by namespaces.namespace) cost_groups on cost_groups.namespace = used.namespace

-- Projects that only stand for what nobody used are known once they have rows.
-- name: projects
insert into ocp_project (source_uuid, cluster_id, project, unallocated)
select distinct source_uuid, cluster_id, namespace, true
from ocp_cost_by_project
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and namespace in ('Platform unallocated', 'Worker unallocated', 'GPU unallocated',
    'Storage unattributed', 'Network unattributed')
on conflict do nothing

-- Which daily rows a scope has.

-- name: scope_cost
true

-- name: scope_pod
data_source = 'Pod' and (namespace is null or namespace not in ('Worker unallocated',
  'Platform unallocated', 'Network unattributed', 'Storage unattributed'))

-- name: scope_capacity
data_source = 'Pod' and node is not null

-- name: scope_storage
data_source = 'Storage'

-- name: scope_volume
data_source = 'Storage' and persistentvolumeclaim is not null

-- name: scope_network
data_source = 'Pod' and namespace = 'Network unattributed'
  and (infrastructure_data_in_gigabytes is not null or infrastructure_data_out_gigabytes is not null)

-- name: scope_gpu
data_source = 'GPU' and namespace is distinct from 'GPU unallocated'
  and cost_model_rate_type is distinct from 'gpu_distributed'

-- name: scope_virtual_machine
(namespace is null or namespace not in (
  'Worker unallocated', 'Platform unallocated', 'Network unattributed', 'Storage unattributed'))

-- Columns of the GPU rollup, taken from the labels that the cost model gives to GPU rows.

-- name: gpu_vendor_name
all_labels ->> 'gpu-vendor'

-- name: gpu_model_name
all_labels ->> 'gpu-model'

-- name: gpu_mig_profile
nullif(all_labels ->> 'mig-profile', '')

-- name: gpu_mig_instance_id
nullif(all_labels ->> 'mig-instance-id', '')

-- name: gpu_gpu_uuid
all_labels ->> 'gpu-uuid'

-- name: gpu_gpu_mode
case when nullif(all_labels ->> 'mig-profile', '') is null then 'dedicated' else 'MIG' end

-- name: gpu_memory_capacity_gb
cast(nullif(all_labels ->> 'gpu-memory-mib', '') as numeric) * 0.001048576

-- name: gpu_mig_memory_capacity_gb
cast(nullif(all_labels ->> 'mig-memory-mib', '') as numeric) * 0.001048576

-- name: gpu_mig_slice_count
cast(nullif(all_labels ->> 'mig-slice-count', '') as integer)

-- name: gpu_gpu_max_slices
cast(nullif(all_labels ->> 'gpu-max-slices', '') as integer)
