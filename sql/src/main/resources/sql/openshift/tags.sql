-- Tag values and tag mapping of one source and some days. PostgreSQL only.
-- Parameters: source, start, end, report_period.

-- name: enabled_keys
select key from reporting_enabledtagkeys where provider_type = 'OCP' and enabled order by key

-- Values accumulate; they are taken before mapping, so children keep their names here.
-- name: add_values
insert into ocp_tag_value (
  report_period_id, source_uuid, cluster_id, cluster_alias, data_source, namespace, node, key, value)
select distinct report_period_id, source_uuid, cluster_id, cluster_alias, data_source, namespace,
  node, labels.key, labels.value
from (
  select distinct report_period_id, source_uuid, cluster_id, cluster_alias, data_source,
    coalesce(namespace, '') as namespace, coalesce(node, '') as node, all_labels
  from ocp_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start between cast(:start as date) and cast(:end as date)
    and cost_model_rate_type is null
    and raised_from is null
    and all_labels <> cast('{}' as jsonb)) rows
cross join lateral jsonb_each_text(all_labels) labels
where labels.key in (
  select key from reporting_enabledtagkeys where provider_type = 'OCP' and enabled)
on conflict (report_period_id, data_source, key, value, namespace, node)
  do update set cluster_alias = excluded.cluster_alias
  where ocp_tag_value.cluster_alias is distinct from excluded.cluster_alias

-- name: drop_disabled_values
delete from ocp_tag_value
where report_period_id = :report_period
  and key not in (
    select key from reporting_enabledtagkeys where provider_type = 'OCP' and enabled)

-- A label set that holds a child together with its own parent loses every child; otherwise every
-- child takes its parent's name, and of several children of one parent the longest, then the
-- greatest by bytes, keeps its value.
-- name: map
with
pairs as (
  select children.key as child, parents.key as parent
  from reporting_tagmapping mappings
  join reporting_enabledtagkeys children on children.uuid = mappings.child_id
  join reporting_enabledtagkeys parents on parents.uuid = mappings.parent_id
  where children.enabled and children.provider_type = 'OCP'
),
children as (select array_agg(child) as keys from pairs),
sets as (
  select distinct all_labels as labels
  from ocp_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start between cast(:start as date) and cast(:end as date)
    and cost_model_rate_type is null
    and (select keys from children) is not null
),
mapped as (
  select labels,
    case
      when exists (
        select 1 from pairs where jsonb_exists(labels, child) and jsonb_exists(labels, parent))
        then labels - (select keys from children)
      else (
        select jsonb_object_agg(coalesce(pairs.parent, entries.key), entries.value
          order by octet_length(entries.key), entries.key collate "C")
        from jsonb_each(labels) entries
        left join pairs on pairs.child = entries.key)
    end as renamed
  from sets
  where jsonb_exists_any(labels, (select keys from children))
)
update ocp_daily_summary summary set
  pod_labels = case when pod_labels = mapped.labels then renamed else pod_labels end,
  volume_labels = case when volume_labels = mapped.labels then renamed else volume_labels end,
  all_labels = renamed
from mapped
where summary.all_labels = mapped.labels
  and source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and cost_model_rate_type is null
