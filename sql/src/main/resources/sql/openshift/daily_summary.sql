-- The OpenShift daily summary of one source and some days of one month. `pods`, `volumes` and
-- `capacities` select line items on either engine into staged tables: what an engine has to plan
-- stays small. `publish` makes the daily rows of them, in PostgreSQL. Line items are doubles; they
-- are added up as doubles and become decimals at the very end.
-- Parameters: source, start, end (both included), year, month, report_period, cluster, alias;
-- keys: JSON array of the label keys that are kept; label_sets: 1 takes one label set per node or
-- namespace and day, a large number takes all (usage then counts once per set).

-- name: labels_of_places
node_labels as (
  select day, node, labels
  from (
    select day, node, labels,
      row_number() over (partition by day, node order by @label_text(labels) desc) as place
    from (
      select distinct usage_start as day, node, @only(@labels(node_labels), :keys) as labels
      from @lines(openshift_node_labels_line_items_daily) lines
      where @lines_of(lines)) sets) ranked
  where place <= :label_sets
),
namespace_labels as (
  select day, namespace, labels
  from (
    select day, namespace, labels,
      row_number() over (partition by day, namespace order by @label_text(labels) desc) as place
    from (
      select distinct usage_start as day, namespace,
        @only(@labels(namespace_labels), :keys) as labels
      from @lines(openshift_namespace_labels_line_items_daily) lines
      where @lines_of(lines)) sets) ranked
  where place <= :label_sets
)

-- name: stage_pods
create temporary table staged_pods (
  day date, namespace text, node text, labels jsonb, resource_id text,
  cpu_usage double precision, cpu_request double precision, cpu_effective double precision,
  cpu_limit double precision, memory_usage double precision, memory_request double precision,
  memory_effective double precision, memory_limit double precision, node_cores double precision,
  node_gigabytes double precision
) on commit drop

-- name: pods
with
pod_lines as (
  select usage_start as day, namespace, node, pod, resource_id, pod_labels as label_text,
    pod_usage_cpu_core_seconds, pod_request_cpu_core_seconds, pod_effective_usage_cpu_core_seconds,
    pod_limit_cpu_core_seconds, pod_usage_memory_byte_seconds, pod_request_memory_byte_seconds,
    pod_effective_usage_memory_byte_seconds, pod_limit_memory_byte_seconds,
    node_capacity_cpu_cores, node_capacity_memory_bytes
  from @lines(openshift_pod_usage_line_items_daily) lines
  where @lines_of(lines) and node <> ''
),
kept_labels as (
  select label_text, @only(@labels(label_text), :keys) as labels
  from (select distinct label_text from pod_lines) texts
),
$labels_of_places,
labelled_pods as (
  select lines.*,
    @merge(@merge(coalesce(node_labels.labels, @no_labels()),
      coalesce(namespace_labels.labels, @no_labels())),
      coalesce(kept_labels.labels, @no_labels())) as labels
  from pod_lines lines
  left join kept_labels on kept_labels.label_text = lines.label_text
  left join node_labels on node_labels.day = lines.day and node_labels.node = lines.node
  left join namespace_labels
    on namespace_labels.day = lines.day and namespace_labels.namespace = lines.namespace
)
select day, namespace, node, @stored_labels(labels) as labels,
  max(resource_id) as resource_id,
  sum(pod_usage_cpu_core_seconds) / 3600 as cpu_usage,
  sum(pod_request_cpu_core_seconds) / 3600 as cpu_request,
  sum(pod_effective_usage_cpu_core_seconds) / 3600 as cpu_effective,
  sum(pod_limit_cpu_core_seconds) / 3600 as cpu_limit,
  sum(pod_usage_memory_byte_seconds) / 3600 / 1073741824 as memory_usage,
  sum(pod_request_memory_byte_seconds) / 3600 / 1073741824 as memory_request,
  sum(pod_effective_usage_memory_byte_seconds) / 3600 / 1073741824 as memory_effective,
  sum(pod_limit_memory_byte_seconds) / 3600 / 1073741824 as memory_limit,
  max(node_capacity_cpu_cores) as node_cores,
  max(node_capacity_memory_bytes) / 1073741824 as node_gigabytes
from labelled_pods
group by day, namespace, node, labels

-- name: stage_volumes
create temporary table staged_volumes (
  day date, namespace text, node text, resource_id text, persistentvolumeclaim text,
  persistentvolume text, storageclass text, csi_volume_handle text, labels jsonb,
  claim_gigabytes double precision, claim_capacity double precision,
  volume_request double precision, claim_usage double precision
) on commit drop

-- name: volumes
with
storage_lines as (
  select usage_start as day, namespace, pod, persistentvolumeclaim, persistentvolume, storageclass,
    csi_volume_handle, persistentvolume_labels as volume_text,
    persistentvolumeclaim_labels as claim_text, persistentvolumeclaim_capacity_bytes,
    persistentvolumeclaim_capacity_byte_seconds, volume_request_storage_byte_seconds,
    persistentvolumeclaim_usage_byte_seconds
  from @lines(openshift_storage_usage_line_items_daily) lines
  where @lines_of(lines)
),
runners as (
  select distinct usage_start as day, namespace, pod, node, resource_id
  from @lines(openshift_pod_usage_line_items_daily) lines
  where @lines_of(lines) and node <> ''
),
kept_labels as (
  select label_text, @only(@labels(label_text), :keys) as labels
  from (
    select volume_text as label_text from storage_lines
    union select claim_text from storage_lines) texts
),
$labels_of_places,
volume_nodes as (
  select distinct volumes.day, volumes.persistentvolumeclaim, volumes.persistentvolume, volumes.pod,
    volumes.namespace, runners.node, runners.resource_id
  from storage_lines volumes
  join runners
    on runners.day = volumes.day and runners.namespace = volumes.namespace
    and runners.pod = volumes.pod
),
volume_spread as (
  select day, persistentvolume, cast(count(distinct node) as double precision) as nodes
  from volume_nodes
  group by day, persistentvolume
),
labelled_volumes as (
  select lines.*, runners.node, runners.resource_id, coalesce(spread.nodes, 1) as nodes,
    @merge(@merge(coalesce(node_labels.labels, @no_labels()),
      coalesce(namespace_labels.labels, @no_labels())),
      @merge(coalesce(volume_labels.labels, @no_labels()),
      coalesce(claim_labels.labels, @no_labels()))) as labels
  from storage_lines lines
  left join volume_nodes runners
    on runners.day = lines.day and runners.namespace = lines.namespace
    and runners.pod = lines.pod
    and runners.persistentvolumeclaim = lines.persistentvolumeclaim
    and runners.persistentvolume = lines.persistentvolume
  left join volume_spread spread
    on spread.day = lines.day and spread.persistentvolume = lines.persistentvolume
  left join kept_labels volume_labels on volume_labels.label_text = lines.volume_text
  left join kept_labels claim_labels on claim_labels.label_text = lines.claim_text
  left join node_labels on node_labels.day = lines.day and node_labels.node = runners.node
  left join namespace_labels
    on namespace_labels.day = lines.day and namespace_labels.namespace = lines.namespace
)
select day, namespace, node, resource_id, persistentvolumeclaim, persistentvolume, storageclass,
  csi_volume_handle, @stored_labels(labels) as labels,
  max(persistentvolumeclaim_capacity_bytes) / 1073741824 as claim_gigabytes,
  sum(persistentvolumeclaim_capacity_byte_seconds)
    / (86400 * @days_in_month(day)) / 1073741824 as claim_capacity,
  sum(volume_request_storage_byte_seconds) / max(nodes)
    / (86400 * @days_in_month(day)) / 1073741824 as volume_request,
  sum(persistentvolumeclaim_usage_byte_seconds) / max(nodes)
    / (86400 * @days_in_month(day)) / 1073741824 as claim_usage
from labelled_volumes
group by day, namespace, node, resource_id, persistentvolumeclaim, persistentvolume, storageclass,
  csi_volume_handle, labels

-- name: stage_capacities
create temporary table staged_capacities (
  day date, node text, core_seconds double precision, byte_seconds double precision
) on commit drop

-- name: capacities
-- an hour of a node can have several rows where rows cannot be changed
select day, node,
  sum(core_seconds) as core_seconds,
  sum(byte_seconds) as byte_seconds
from (
  select usage_start as day, interval_start, node,
    max(node_capacity_cpu_core_seconds) as core_seconds,
    max(node_capacity_memory_byte_seconds) as byte_seconds
  from @lines(openshift_node_capacity_hourly) lines
  where @lines_of(lines)
  group by usage_start, interval_start, node) hours
group by day, node

-- name: publish
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, data_source, usage_start, usage_end,
  namespace, node, resource_id, cost_category_id, pod_labels, volume_labels, all_labels,
  pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
  pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
  pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
  node_capacity_cpu_cores, node_capacity_cpu_core_hours, node_capacity_memory_gigabytes,
  node_capacity_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
  cluster_capacity_memory_gigabyte_hours, persistentvolumeclaim, persistentvolume, storageclass,
  csi_volume_handle, persistentvolumeclaim_capacity_gigabyte,
  persistentvolumeclaim_capacity_gigabyte_months, volume_request_storage_gigabyte_months,
  persistentvolumeclaim_usage_gigabyte_months, infrastructure_markup_cost,
  infrastructure_project_markup_cost)
with
cost_groups as (
  select namespaces.namespace, max(patterns.cost_category_id) as cost_category_id
  from (
    select namespace from staged_pods
    union select namespace from staged_volumes
    union select 'Platform unallocated'
    union select 'Worker unallocated') namespaces
  join reporting_ocp_cost_category_namespace patterns
    on namespaces.namespace like patterns.namespace
  group by namespaces.namespace
),
cluster_capacity as (
  select day, sum(core_seconds) as core_seconds, sum(byte_seconds) as byte_seconds
  from staged_capacities
  group by day
),
pods as (
  select staged_pods.*,
    coalesce(staged_capacities.core_seconds, 0) / 3600 as node_core_hours,
    coalesce(staged_capacities.byte_seconds, 0) / 3600 / 1073741824 as node_gigabyte_hours,
    coalesce(cluster_capacity.core_seconds, 0) / 3600 as cluster_core_hours,
    coalesce(cluster_capacity.byte_seconds, 0) / 3600 / 1073741824 as cluster_gigabyte_hours
  from staged_pods
  left join staged_capacities
    on staged_capacities.day = staged_pods.day and staged_capacities.node = staged_pods.node
  left join cluster_capacity on cluster_capacity.day = staged_pods.day
),
node_roles as (
  select node, resource_id, max(node_role) as node_role
  from ocp_node
  where source_uuid = cast(:source as uuid)
  group by node, resource_id
),
unallocated_sums as (
  select day, pods.node, max(pods.resource_id) as resource_id, max(node_role) as node_role,
    max(node_core_hours) - sum(cpu_usage) as cpu_usage,
    max(node_core_hours) - sum(cpu_request) as cpu_request,
    max(node_core_hours) - sum(cpu_effective) as cpu_effective,
    max(node_gigabyte_hours) - sum(memory_usage) as memory_usage,
    max(node_gigabyte_hours) - sum(memory_request) as memory_request,
    max(node_gigabyte_hours) - sum(memory_effective) as memory_effective,
    max(node_cores) as node_cores, max(node_core_hours) as node_core_hours,
    max(node_gigabytes) as node_gigabytes, max(node_gigabyte_hours) as node_gigabyte_hours,
    max(cluster_core_hours) as cluster_core_hours,
    max(cluster_gigabyte_hours) as cluster_gigabyte_hours
  from pods
  left join node_roles
    on node_roles.node = pods.node and node_roles.resource_id = coalesce(pods.resource_id, '')
  group by day, pods.node
),
unallocated as (
  select unallocated_sums.*,
    case node_role
      when 'master' then 'Platform unallocated'
      when 'infra' then 'Platform unallocated'
      when 'worker' then 'Worker unallocated'
    end as namespace
  from unallocated_sums
),
staged as (
  select 'Pod' as data_source, day, pods.namespace, node, resource_id, cost_category_id,
    labels as pod_labels, cast(null as jsonb) as volume_labels, labels as all_labels,
    cpu_usage, cpu_request, cpu_effective, cpu_limit, memory_usage, memory_request,
    memory_effective, memory_limit, node_cores, node_core_hours, node_gigabytes,
    node_gigabyte_hours, cluster_core_hours, cluster_gigabyte_hours,
    cast(null as varchar) as persistentvolumeclaim, cast(null as varchar) as persistentvolume,
    cast(null as varchar) as storageclass, cast(null as varchar) as csi_volume_handle,
    cast(null as double precision) as claim_gigabytes,
    cast(null as double precision) as claim_capacity,
    cast(null as double precision) as volume_request,
    cast(null as double precision) as claim_usage
  from pods
  left join cost_groups on cost_groups.namespace = pods.namespace
  union all
  select 'Pod', day, unallocated.namespace, node, resource_id, cost_category_id,
    null, null, cast('{}' as jsonb),
    cpu_usage, cpu_request, cpu_effective, null, memory_usage, memory_request,
    memory_effective, null, node_cores, node_core_hours, node_gigabytes,
    node_gigabyte_hours, cluster_core_hours, cluster_gigabyte_hours,
    null, null, null, null, null, null, null, null
  from unallocated
  left join cost_groups on cost_groups.namespace = unallocated.namespace
  union all
  select 'Storage', day, staged_volumes.namespace, node, resource_id, cost_category_id,
    null, labels, labels,
    null, null, null, null, null, null, null, null, null, null, null, null, null, null,
    persistentvolumeclaim, persistentvolume, storageclass, csi_volume_handle,
    claim_gigabytes, claim_capacity, volume_request, claim_usage
  from staged_volumes
  left join cost_groups on cost_groups.namespace = staged_volumes.namespace
)
select
  :report_period, cast(:source as uuid), :cluster, :alias, data_source, day, day,
  namespace, node, resource_id, cost_category_id,
  pod_labels, volume_labels, all_labels,
  @decimal(cpu_usage), @decimal(cpu_request), @decimal(cpu_effective), @decimal(cpu_limit),
  @decimal(memory_usage), @decimal(memory_request), @decimal(memory_effective),
  @decimal(memory_limit), @decimal(node_cores), @decimal(node_core_hours),
  @decimal(node_gigabytes), @decimal(node_gigabyte_hours), @decimal(cluster_core_hours),
  @decimal(cluster_gigabyte_hours), persistentvolumeclaim, persistentvolume, storageclass,
  csi_volume_handle, @decimal(claim_gigabytes), @decimal(claim_capacity), @decimal(volume_request),
  @decimal(claim_usage), 0, 0
from staged
