-- More rollups of the daily summary: projects on nodes by month, label sets by day. Filled from what is
-- there; afterwards every publication fills them.
create table ocp_cost_by_node_and_project (
  usage_start date not null,
  usage_end date not null,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  cost_model_rate_type text,
  raw_currency text,
  node text,
  namespace text,
  cost_category_id bigint,
  infrastructure_raw_cost numeric(33, 15),
  infrastructure_markup_cost numeric(33, 15),
  cost_model_cpu_cost numeric(33, 15),
  cost_model_memory_cost numeric(33, 15),
  cost_model_volume_cost numeric(33, 15),
  cost_model_gpu_cost numeric(33, 15),
  distributed_cost numeric(33, 15)
);
create index ocp_cost_by_node_and_project_source on ocp_cost_by_node_and_project (source_uuid, usage_start);
insert into ocp_cost_by_node_and_project (usage_start, usage_end, source_uuid, cluster_id, cluster_alias,
  cost_model_rate_type,
  raw_currency, node, namespace, cost_category_id,
  infrastructure_raw_cost, infrastructure_markup_cost,
  cost_model_cpu_cost, cost_model_memory_cost,
  cost_model_volume_cost, cost_model_gpu_cost,
  distributed_cost)
select cast(date_trunc('month', usage_start) as date), cast(date_trunc('month', usage_start) as date), source_uuid,
  cluster_id, max(cluster_alias),
  cost_model_rate_type, max(raw_currency), node, namespace, cost_category_id,
  sum(infrastructure_raw_cost), sum(infrastructure_markup_cost),
  sum(cost_model_cpu_cost), sum(cost_model_memory_cost),
  sum(cost_model_volume_cost), sum(cost_model_gpu_cost),
  sum(distributed_cost)
from ocp_daily_summary
group by cast(date_trunc('month', usage_start) as date), source_uuid, cluster_id, cost_model_rate_type,
  node, namespace, cost_category_id;
create table ocp_cost_by_labels (
  usage_start date not null,
  usage_end date not null,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  cost_model_rate_type text,
  raw_currency text,
  namespace text,
  cost_category_id bigint,
  all_labels jsonb,
  infrastructure_raw_cost numeric(33, 15),
  infrastructure_markup_cost numeric(33, 15),
  cost_model_cpu_cost numeric(33, 15),
  cost_model_memory_cost numeric(33, 15),
  cost_model_volume_cost numeric(33, 15),
  cost_model_gpu_cost numeric(33, 15),
  distributed_cost numeric(33, 15)
);
create index ocp_cost_by_labels_source on ocp_cost_by_labels (source_uuid, usage_start);
insert into ocp_cost_by_labels (usage_start, usage_end, source_uuid, cluster_id, cluster_alias,
  cost_model_rate_type,
  raw_currency, namespace, cost_category_id, all_labels,
  infrastructure_raw_cost, infrastructure_markup_cost,
  cost_model_cpu_cost, cost_model_memory_cost,
  cost_model_volume_cost, cost_model_gpu_cost,
  distributed_cost)
select usage_start, usage_start, source_uuid,
  cluster_id, max(cluster_alias),
  cost_model_rate_type, max(raw_currency), namespace, cost_category_id, all_labels,
  sum(infrastructure_raw_cost), sum(infrastructure_markup_cost),
  sum(cost_model_cpu_cost), sum(cost_model_memory_cost),
  sum(cost_model_volume_cost), sum(cost_model_gpu_cost),
  sum(distributed_cost)
from ocp_daily_summary
group by usage_start, source_uuid, cluster_id, cost_model_rate_type, namespace, cost_category_id, all_labels;
create table ocp_pod_by_labels (
  usage_start date not null,
  usage_end date not null,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  cost_model_rate_type text,
  raw_currency text,
  namespace text,
  cost_category_id bigint,
  pod_labels jsonb,
  infrastructure_raw_cost numeric(33, 15),
  infrastructure_markup_cost numeric(33, 15),
  cost_model_cpu_cost numeric(33, 15),
  cost_model_memory_cost numeric(33, 15),
  cost_model_volume_cost numeric(33, 15),
  cost_model_gpu_cost numeric(33, 15),
  distributed_cost numeric(33, 15),
  pod_usage_cpu_core_hours numeric(33, 15),
  pod_request_cpu_core_hours numeric(33, 15),
  pod_effective_usage_cpu_core_hours numeric(33, 15),
  pod_limit_cpu_core_hours numeric(33, 15),
  pod_usage_memory_gigabyte_hours numeric(33, 15),
  pod_request_memory_gigabyte_hours numeric(33, 15),
  pod_effective_usage_memory_gigabyte_hours numeric(33, 15),
  pod_limit_memory_gigabyte_hours numeric(33, 15),
  cluster_capacity_cpu_core_hours numeric(33, 15),
  cluster_capacity_memory_gigabyte_hours numeric(33, 15)
);
create index ocp_pod_by_labels_source on ocp_pod_by_labels (source_uuid, usage_start);
insert into ocp_pod_by_labels (usage_start, usage_end, source_uuid, cluster_id, cluster_alias,
  cost_model_rate_type,
  raw_currency, namespace, cost_category_id, pod_labels,
  infrastructure_raw_cost, infrastructure_markup_cost,
  cost_model_cpu_cost, cost_model_memory_cost,
  cost_model_volume_cost, cost_model_gpu_cost,
  distributed_cost, pod_usage_cpu_core_hours,
  pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
  pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours,
  pod_request_memory_gigabyte_hours, pod_effective_usage_memory_gigabyte_hours,
  pod_limit_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
  cluster_capacity_memory_gigabyte_hours)
select usage_start, usage_start, source_uuid,
  cluster_id, max(cluster_alias),
  cost_model_rate_type, max(raw_currency), namespace, cost_category_id, pod_labels,
  sum(infrastructure_raw_cost), sum(infrastructure_markup_cost),
  sum(cost_model_cpu_cost), sum(cost_model_memory_cost),
  sum(cost_model_volume_cost), sum(cost_model_gpu_cost),
  sum(distributed_cost), sum(pod_usage_cpu_core_hours),
  sum(pod_request_cpu_core_hours), sum(pod_effective_usage_cpu_core_hours),
  sum(pod_limit_cpu_core_hours), sum(pod_usage_memory_gigabyte_hours),
  sum(pod_request_memory_gigabyte_hours), sum(pod_effective_usage_memory_gigabyte_hours),
  sum(pod_limit_memory_gigabyte_hours), max(cluster_capacity_cpu_core_hours),
  max(cluster_capacity_memory_gigabyte_hours)
from ocp_daily_summary
where data_source = 'Pod' and (namespace is null or namespace not in ('Worker unallocated',
  'Platform unallocated', 'Network unattributed', 'Storage unattributed'))
group by usage_start, source_uuid, cluster_id, cost_model_rate_type, namespace, cost_category_id, pod_labels;
