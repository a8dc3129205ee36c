-- Cluster facts seen in the line items of one source and some days of one month.
-- Parameters: source, start, end, year, month.

-- name: first_day
select min(usage_start) as first_day
from @lines(openshift_pod_usage_line_items_daily) lines
where @lines_of(lines)

-- name: nodes
select pods.node, coalesce(pods.resource_id, '') as resource_id,
  max(pods.node_capacity_cpu_cores) as cores,
  coalesce(max(nullif(pods.node_role, '')),
    case
      when max(case when pods.namespace = 'openshift-kube-apiserver' then 1 else 0 end) = 1
        then 'master'
      when max(labels.infra) = 1 then 'infra'
      else 'worker'
    end) as node_role,
  max(labels.architecture) as architecture
from (
  select node, resource_id, namespace, max(node_capacity_cpu_cores) as node_capacity_cpu_cores,
    max(node_role) as node_role
  from @lines(openshift_pod_usage_line_items_daily) lines
  where @lines_of(lines) and node <> ''
  group by node, resource_id, namespace) pods
join (
  select node,
    max(case when node_labels like '%"node_role_kubernetes_io": "infra"%' then 1 else 0 end)
      as infra,
    max(lower(@label(@labels(node_labels), kubernetes_io_arch))) as architecture
  from @lines(openshift_node_labels_line_items_daily) lines
  where @lines_of(lines)
  group by node) labels on labels.node = pods.node
group by pods.node, coalesce(pods.resource_id, '')

-- name: claims
select distinct persistentvolume, persistentvolumeclaim,
  coalesce(csi_volume_handle, '') as csi_volume_handle
from @lines(openshift_storage_usage_line_items_daily) lines
where @lines_of(lines) and persistentvolume is not null and persistentvolumeclaim is not null

-- name: projects
select distinct namespace
from @lines(openshift_pod_usage_line_items_daily) lines
where @lines_of(lines) and namespace is not null
