-- Statements around a publication of the OpenShift daily summary. PostgreSQL only.

-- name: cluster
insert into ocp_cluster (source_uuid, cluster_id, cluster_alias)
values (cast(:source as uuid), :cluster, :alias)
on conflict (source_uuid)
  do update set cluster_id = excluded.cluster_id, cluster_alias = excluded.cluster_alias
  where (ocp_cluster.cluster_id, ocp_cluster.cluster_alias)
    is distinct from (excluded.cluster_id, excluded.cluster_alias)

-- name: report_period
insert into ocp_report_period (
  source_uuid, cluster_id, cluster_alias, report_period_start, report_period_end,
  summary_data_creation_datetime, summary_data_updated_datetime)
values (cast(:source as uuid), :cluster, :alias, cast(:first as date), cast(:next as date),
  :now, :now)
on conflict (source_uuid, report_period_start)
  do update set cluster_id = excluded.cluster_id, cluster_alias = excluded.cluster_alias,
    summary_data_updated_datetime = excluded.summary_data_updated_datetime
returning id

-- name: node
insert into ocp_node (
  source_uuid, cluster_id, node, resource_id, node_capacity_cpu_cores, node_role, architecture)
values (cast(:source as uuid), :cluster, :node, :resource_id, cast(:cores as numeric(18, 2)),
  :node_role, :architecture)
on conflict (source_uuid, node, resource_id, node_capacity_cpu_cores)
  do update set node_role = coalesce(ocp_node.node_role, excluded.node_role),
    architecture = coalesce(ocp_node.architecture, excluded.architecture)
  where ocp_node.node_role is null or ocp_node.architecture is null

-- name: claim
insert into ocp_persistent_volume_claim (
  source_uuid, cluster_id, persistent_volume, persistent_volume_claim, csi_volume_handle)
values (cast(:source as uuid), :cluster, :persistentvolume, :persistentvolumeclaim,
  :csi_volume_handle)
on conflict do nothing

-- name: project
insert into ocp_project (source_uuid, cluster_id, project)
values (cast(:source as uuid), :cluster, :namespace)
on conflict do nothing

-- Costs and rows raised from a cloud stay until the calculation that follows replaces them.
-- name: clear
delete from ocp_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and raised_from is null and cost_model_rate_type is null

-- What selects on line items are told of the summaries.

-- name: cost_groups
select namespace, cost_category_id from reporting_ocp_cost_category_namespace

-- name: cluster_of
select cluster_id as cluster, cluster_alias as alias
from ocp_cluster
where source_uuid = cast(:source as uuid)
