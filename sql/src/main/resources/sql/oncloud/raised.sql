-- Cost of clouds raised onto the daily summary of a cluster (summaries, section 12.1). Parameters:
-- source (of the cluster), period, cluster, alias, start, end.

-- name: clear
delete from ocp_daily_summary
where source_uuid = :source and usage_start between :start and :end and raised_from is not null
  and cost_model_rate_type is null

-- name: raise
insert into ocp_daily_summary (
  report_period_id, source_uuid, cluster_id, cluster_alias, raised_from, data_source, usage_start,
  usage_end, namespace, node, resource_id, cost_category_id, pod_labels, volume_labels, all_labels,
  persistentvolumeclaim, persistentvolume, storageclass, raw_currency, infrastructure_raw_cost,
  infrastructure_project_raw_cost, infrastructure_markup_cost, infrastructure_project_markup_cost,
  infrastructure_data_in_gigabytes, infrastructure_data_out_gigabytes, $usage_columns)
select :period, cast(:source as uuid), cast(:cluster as text), cast(:alias as text), source_uuid,
  data_source, usage_start, usage_start, namespace, node, resource_id, max(cost_category_id),
  case when data_source = 'Pod' then coalesce(tags, '{}') else '{}' end,
  case when data_source = 'Storage' then coalesce(tags, '{}') else '{}' end, coalesce(tags, '{}'),
  persistentvolumeclaim, max(persistentvolume), max(storageclass), raw_currency,
  sum(raised_cost), sum(raised_cost), 0, 0,
  case when data_transfer_direction = 'IN' then sum(infrastructure_data_in_gigabytes) end,
  case when data_transfer_direction = 'OUT' then sum(infrastructure_data_out_gigabytes) end,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
from ocp_cloud_daily_summary
where openshift_source_uuid = :source and usage_start between :start and :end
group by source_uuid, data_source, usage_start, namespace, node, resource_id, tags,
  persistentvolumeclaim, raw_currency, data_transfer_direction
having sum(raised_cost) <> 0 or data_transfer_direction is not null

-- Raised rows carry no usage and no capacity.
-- name: usage_columns
pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_limit_cpu_core_hours,
pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
pod_limit_memory_gigabyte_hours, node_capacity_cpu_cores, node_capacity_cpu_core_hours,
node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours
