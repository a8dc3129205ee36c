-- Correlation of a cloud source with the clusters that run on it, some days of one month:
-- docs/design/openshift-on-cloud.md. PostgreSQL only. Parameters: source (the cloud source), type
-- (AWS, Azure, GCP), start, end (days, both included), first, next (of the month), clusters (JSON
-- array of {"openshift_source", "cluster_id", "cluster_alias"}), markup (factor), and what differs
-- between clouds: io.tawara.analytics.oncloud.Cloud.

-- name: tables
create temporary table cloud_row (
  matched text not null, usage_day date not null,
  resource_key text not null, resource_id text, tags_text text not null, category_text text, usage_account_id text,
  account_name text, project_id text, project_name text, product_code text, product_family text,
  service_id text, sku_id text, sku_alias text, instance_type text, region text,
  availability_zone text, unit text, raw_currency text, invoice_month text, direction text,
  usage_amount numeric, unblended_cost numeric, blended_cost numeric, savings_cost numeric,
  amortized_cost numeric, credit numeric,
  size_text text, size_amount double precision, size_rate double precision
) on commit drop;
create temporary table cloud_link (
  resource_key text not null, role text not null, openshift_source uuid not null, name text not null
) on commit drop;
create temporary table cloud_share (
  row_id bigint not null, openshift_source uuid not null, kind text not null,
  data_source text not null, namespace text, node text, persistentvolumeclaim text,
  persistentvolume text, storageclass text, machine_id text, cost_category_id bigint, labels jsonb,
  share numeric, divisor numeric not null, usage_divisor numeric, unit text
) on commit drop

-- name: link
insert into cloud_link (resource_key, role, openshift_source, name)
values (:resource_key, :role, :openshift_source, :name)

-- name: statistics
analyze cloud_row; analyze cloud_link; analyze cloud_usage; analyze cloud_share

-- Clusters with rows in the days.
-- name: present
select distinct openshift_source_uuid
from ocp_cloud_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- Clusters that ran on the last two days with bills and have no bill of a machine on either.
-- name: without_machine
select usage.source_uuid
from ocp_daily_summary usage
where usage.usage_start between cast(:last as date) - 1 and cast(:last as date)
  and usage.data_source = 'Pod' and usage.cost_model_rate_type is null
  and usage.raised_from is null
  and not exists (
    select 1 from cloud_row rows
    join cloud_link link on link.resource_key = rows.resource_key and link.role = 'machine'
    where link.openshift_source = usage.source_uuid
      and rows.usage_day between cast(:last as date) - 1 and cast(:last as date))
group by usage.source_uuid
having count(distinct usage.usage_start) = 2

-- The clusters that are asked about.
-- name: clusters
select openshift_source, cluster_id, cluster_alias
from jsonb_to_recordset(cast(:clusters as jsonb))
  as cluster (openshift_source uuid, cluster_id text, cluster_alias text)

-- Clusters with usage in the month, and whether in the days of the run.
-- name: used_clusters
select source_uuid as openshift_source, max(cluster_id) as cluster_id,
  max(cluster_alias) as cluster_alias,
  bool_or(usage_start between cast(:start as date) and cast(:end as date)) as in_range
from ocp_daily_summary
where usage_start >= cast(:first as date) and usage_start < cast(:next as date)
  and data_source = 'Pod' and cost_model_rate_type is null and raised_from is null
group by source_uuid

-- name: known_clusters
select openshift_source_uuid as openshift_source
from ocp_cloud_month
where source_uuid = cast(:source as uuid) and month = cast(:first as date)

-- Names by which resources are known, of the whole month.
-- name: names
select distinct usage.source_uuid as openshift_source, data_source, node, resource_id, namespace,
  persistentvolume, csi_volume_handle
from ocp_daily_summary usage
where usage_start >= cast(:first as date) and usage_start < cast(:next as date)
  and cost_model_rate_type is null and raised_from is null
  and data_source in ('Pod', 'Storage')

-- Labels of usage whose key is enabled for the cloud and for OpenShift.
-- name: label_pairs
select distinct pair.key, pair.value
from (
  select distinct all_labels as labels
  from ocp_daily_summary
  where usage_start >= cast(:first as date) and usage_start < cast(:next as date)
    and cost_model_rate_type is null and raised_from is null) sets
cross join lateral jsonb_each_text(sets.labels) pair
where pair.key in ($shared_keys)

-- name: shared_keys
select key from reporting_enabledtagkeys where enabled and provider_type = 'OCP'
intersect
select key from reporting_enabledtagkeys where enabled and provider_type = :type

-- name: child_keys
select children.key as child, parents.key as parent
from reporting_tagmapping mappings
join reporting_enabledtagkeys children on children.uuid = mappings.child_id
join reporting_enabledtagkeys parents on parents.uuid = mappings.parent_id
where children.enabled and children.provider_type in ('OCP', :type)

-- name: usage
create temporary table cloud_usage on commit drop as
select usage.source_uuid as openshift_source, usage.usage_start as usage_day, usage.data_source,
  usage.namespace, usage.node, nullif(usage.resource_id, '') as machine_id,
  nullif(case when cast(:machine_by_id as boolean) then usage.resource_id else usage.node end, '')
    as machine,
  usage.persistentvolumeclaim, usage.persistentvolume, usage.storageclass, usage.cost_category_id,
  usage.pod_labels, usage.volume_labels,
  case when model.by_memory then usage.pod_effective_usage_memory_gigabyte_hours
    else usage.pod_effective_usage_cpu_core_hours end as weight,
  case when model.by_memory then usage.node_capacity_memory_gigabyte_hours
    else usage.node_capacity_cpu_core_hours end as capacity,
  usage.persistentvolumeclaim_capacity_gigabyte as claim_size,
  coalesce(usage.namespace in ('Worker unallocated', 'Platform unallocated',
    'Storage unattributed', 'Network unattributed'), true) as special
from ocp_daily_summary usage
join ($clusters) cluster on cluster.openshift_source = usage.source_uuid
left join (
  select map.provider_uuid,
    coalesce(m.distribution_info ->> 'distribution_type', m.distribution) = 'memory' as by_memory
  from cost_model_map map join cost_model m on m.uuid = map.cost_model_id) model
  on model.provider_uuid = usage.source_uuid
where usage.usage_start between cast(:start as date) and cast(:end as date)
  and usage.cost_model_rate_type is null and usage.raised_from is null
  and usage.data_source in ('Pod', 'Storage')

-- name: identify
alter table cloud_row add column id bigint generated always as identity

-- Rows that came with their tags and belong to a resource that matched are known already.
-- name: drop_double
delete from cloud_row doubled
using (select distinct resource_key from cloud_row where matched = 'resource') known
where doubled.matched = 'tags' and doubled.resource_key = known.resource_key

-- name: disk
create temporary table cloud_disk on commit drop as $disks

-- Volumes on disks of known size, per bill row, cluster and volume.
-- name: claims
create temporary table cloud_claim on commit drop as
select rows.id as row_id, usage.openshift_source, usage.persistentvolume, usage.namespace,
  usage.volume_labels, disk.size, max(usage.claim_size) as claim_size, max(usage.node) as node,
  max(usage.persistentvolumeclaim) as persistentvolumeclaim,
  max(usage.storageclass) as storageclass, max(usage.machine_id) as machine_id,
  max(usage.cost_category_id) as cost_category_id
from cloud_row rows
join cloud_disk disk on disk.resource_key = rows.resource_key and disk.usage_day = rows.usage_day
join cloud_link link on link.resource_key = rows.resource_key and link.role = 'disk'
join cloud_usage usage on usage.openshift_source = link.openshift_source
  and usage.usage_day = rows.usage_day and usage.persistentvolume = link.name
where rows.matched = 'resource' and rows.direction is null and usage.data_source = 'Storage'
  and usage.claim_size is not null and usage.namespace is distinct from 'Storage unattributed'
group by rows.id, usage.openshift_source, usage.persistentvolume, usage.namespace,
  usage.volume_labels, disk.size

-- A volume that shows in several groups (several nodes, several projects) is one claim. Where the
-- claims are greater than the disk they share the whole of it.
-- name: kind_disk
insert into cloud_share
with claim as (
  select claims.*, max(claim_size) over volume as volume_size, count(*) over volume as groups,
    row_number() over volume as place
  from cloud_claim claims
  window volume as (partition by row_id, openshift_source, persistentvolume)
),
total as (
  select row_id, sum(volume_size) as claimed from claim where place = 1 group by row_id
)
select claim.row_id, openshift_source, 'disk', 'Storage',
  case when coalesce(persistentvolumeclaim, '') = '' then 'Storage unattributed' else namespace end,
  node, persistentvolumeclaim, persistentvolume, storageclass, machine_id,
  case when persistentvolumeclaim <> '' then cost_category_id end,
  case when persistentvolumeclaim <> '' then volume_labels end,
  volume_size / case when claimed > size and cast(:claims_share_disk as boolean)
    then claimed else size end, groups,
  case when persistentvolumeclaim <> '' then groups end, cast(:disk_unit as text)
from claim join total on total.row_id = claim.row_id

-- name: kind_unused
insert into cloud_share
with claim as (
  select row_id, openshift_source, persistentvolume, max(size) as size,
    max(claim_size) as claim_size
  from cloud_claim group by row_id, openshift_source, persistentvolume
),
disk as (
  select row_id, max(size) as size, sum(claim_size) as claimed from claim group by row_id
),
place as (
  select row_id, openshift_source, max(node) as node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    labels
  from (
    select cloud_claim.*,
      case when cast(:unused_keeps_place as boolean) then volume_labels end as labels
    from cloud_claim) claims
  group by row_id, openshift_source, labels
)
select place.row_id, openshift_source, 'unused', 'Storage', 'Storage unattributed',
  case when cast(:unused_keeps_place as boolean) then node end, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, null, labels,
  case when claimed > size and cast(:claims_share_disk as boolean) then 0
    else (size - claimed) / size end,
  count(*) over (partition by place.row_id),
  case when cast(:unused_keeps_place as boolean) then cast('Infinity' as numeric) end,
  cast(:disk_unit as text)
from place join disk on disk.row_id = place.row_id
where claimed <> size or cast(:nothing_unused_shows as boolean)

-- Usage on machines, by day and machine: computed once, however many bill rows a machine has.
-- name: machine_groups
create temporary table cloud_machine on commit drop as
select openshift_source, usage_day, machine, namespace, pod_labels, max(node) as node,
  max(machine_id) as machine_id, max(cost_category_id) as cost_category_id,
  case when count(weight) = 0 then null
    when max(capacity) > 0 then sum(weight) / max(capacity)
    else 1.0 / sum(case when count(weight) > 0 then 1 else 0 end)
      over (partition by openshift_source, usage_day, machine) end as share
from cloud_usage
where machine is not null and machine_id is not null
  and (data_source = 'Pod' or cast(:volumes_on_machine as boolean))
group by openshift_source, usage_day, machine, namespace, pod_labels

-- name: kind_resource
insert into cloud_share
with disks as (select distinct row_id from cloud_claim),
found as (
  select rows.id as row_id, usage.openshift_source, 'Pod' as data_source, usage.namespace,
    usage.node, cast(null as text) as persistentvolumeclaim, cast(null as text) as persistentvolume,
    cast(null as text) as storageclass, usage.machine_id, usage.cost_category_id,
    usage.pod_labels as labels, usage.share
  from cloud_row rows
  join cloud_link link on link.resource_key = rows.resource_key and link.role = 'machine'
  join cloud_machine usage on usage.openshift_source = link.openshift_source
    and usage.usage_day = rows.usage_day and usage.machine = link.name
  where rows.matched = 'resource' and rows.direction is null
    and rows.id not in (select row_id from disks)
  union all
  select rows.id, usage.openshift_source, 'Storage', usage.namespace, max(usage.node),
    max(usage.persistentvolumeclaim), max(usage.persistentvolume), max(usage.storageclass),
    max(usage.machine_id), max(usage.cost_category_id), usage.volume_labels, null
  from cloud_row rows
  join cloud_link link on link.resource_key = rows.resource_key and link.role = 'volume'
  join cloud_usage usage on usage.openshift_source = link.openshift_source
    and usage.usage_day = rows.usage_day and usage.persistentvolume = link.name
    and usage.data_source = 'Storage'
  where rows.matched = 'resource' and rows.direction is null
    and rows.id not in (select row_id from disks)
  group by rows.id, usage.openshift_source, usage.namespace, usage.volume_labels
),
counted as (
  select found.*, count(*) over (partition by row_id) as groups,
    count(*) filter (where data_source = 'Storage') over (partition by row_id) as volumes,
    dense_rank() over (partition by row_id order by openshift_source)
      + dense_rank() over (partition by row_id order by openshift_source desc) - 1 as sources
  from found
)
select row_id, openshift_source, 'resource', data_source, namespace, node, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, cost_category_id, labels,
  case when data_source = 'Storage' then 1 else share end,
  case when data_source = 'Storage' then volumes else sources end, groups, null
from counted

-- What tags match, per set of tags and day: whole clusters, projects, nodes, or labels.
-- name: kind_tags
insert into cloud_share
with sets as (
  select distinct tags_text, usage_day from cloud_row where matched = 'tags' and direction is null
),
texts as (
  select tags_text, $mapped_tags as tags
  from (select tags_text, cast(nullif(tags_text, '') as jsonb) as labels from sets group by tags_text) parsed
),
pairs as (
  select tags_text, pair.key, pair.value
  from texts cross join lateral jsonb_each_text(tags) pair
  where pair.key in ($shared_keys)
    or pair.key in ('openshift_cluster', 'openshift_project', 'openshift_node')
),
usage as (
  select * from cloud_usage where not special
),
projects as (
  select openshift_source, usage_day, namespace, data_source, max(node) as node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    max(cost_category_id) as cost_category_id,
    max(cast(coalesce(pod_labels, volume_labels) as text)) as labels
  from usage group by openshift_source, usage_day, namespace, data_source
),
nodes as (
  select openshift_source, usage_day, namespace, data_source, node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    max(cost_category_id) as cost_category_id,
    max(cast(coalesce(pod_labels, volume_labels) as text)) as labels
  from usage group by openshift_source, usage_day, namespace, data_source, node
),
labelled as (
  select openshift_source, usage_day, namespace, data_source, label.key, label.value,
    max(node) as node, max(persistentvolumeclaim) as persistentvolumeclaim,
    max(persistentvolume) as persistentvolume, max(storageclass) as storageclass,
    max(machine_id) as machine_id, max(cost_category_id) as cost_category_id,
    max(cast(coalesce(pod_labels, volume_labels) as text)) as labels
  from usage cross join lateral jsonb_each_text(coalesce(pod_labels, volume_labels)) label
  where label.key in ($shared_keys)
  group by openshift_source, usage_day, namespace, data_source, label.key, label.value
),
matches as (
  select pairs.tags_text, sets.usage_day, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join ($clusters) cluster on pairs.value in (cluster.cluster_id, cluster.cluster_alias)
  join projects usage on usage.openshift_source = cluster.openshift_source
    and usage.usage_day = sets.usage_day
  where pairs.key = 'openshift_cluster'
  union all
  select pairs.tags_text, sets.usage_day, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join projects usage on usage.usage_day = sets.usage_day and usage.namespace = pairs.value
  where pairs.key = 'openshift_project'
  union all
  select pairs.tags_text, sets.usage_day, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join nodes usage on usage.usage_day = sets.usage_day and usage.node = pairs.value
  where pairs.key = 'openshift_node'
  union all
  select pairs.tags_text, sets.usage_day, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join labelled usage on usage.usage_day = sets.usage_day and usage.key = pairs.key
    and usage.value = pairs.value
),
grouped as (
  select tags_text, usage_day, openshift_source, namespace, data_source, max(node) as node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    max(cost_category_id) as cost_category_id, max(labels) as labels
  from matches group by tags_text, usage_day, openshift_source, namespace, data_source
),
counted as (
  select grouped.*,
    count(*) over (partition by tags_text, usage_day, openshift_source) as groups,
    dense_rank() over (partition by tags_text, usage_day order by openshift_source)
      + dense_rank() over (partition by tags_text, usage_day order by openshift_source desc) - 1
      as sources
  from grouped
)
select rows.id, openshift_source, 'tags', data_source, namespace, node, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, cost_category_id, cast(labels as jsonb),
  1, groups * sources, groups * sources, null
from counted
join cloud_row rows on rows.tags_text = counted.tags_text and rows.usage_day = counted.usage_day
where rows.matched = 'tags' and rows.direction is null

-- name: kind_network
insert into cloud_share
with nodes as (
  select openshift_source, usage_day, machine, node, max(machine_id) as machine_id
  from cloud_usage
  where data_source = 'Pod' and machine is not null
  group by openshift_source, usage_day, machine, node
)
select rows.id, nodes.openshift_source, 'network', 'Pod', 'Network unattributed', nodes.node,
  null, null, null, nodes.machine_id, null, cast('{}' as jsonb), 1,
  count(*) over (partition by rows.id), count(*) over (partition by rows.id), null
from cloud_row rows
join cloud_link link on link.resource_key = rows.resource_key and link.role = 'machine'
join nodes on nodes.openshift_source = link.openshift_source
  and nodes.usage_day = rows.usage_day and nodes.machine = link.name
where rows.matched = 'resource' and rows.direction is not null

-- A label set that holds a child together with its own parent loses every child; otherwise every
-- child takes its parent's name.
-- name: mapped_tags
case
  when (select count(*) from ($child_keys) pairs) = 0 then labels
  when exists (select 1 from ($child_keys) pairs
      where jsonb_exists(labels, child) and jsonb_exists(labels, parent))
    then labels - (select array_agg(child) from ($child_keys) pairs)
  else coalesce((
    select jsonb_object_agg(coalesce(pairs.parent, entries.key), entries.value
      order by octet_length(entries.key), entries.key collate "C")
    from jsonb_each(labels) entries
    left join ($child_keys) pairs on pairs.child = entries.key), cast('{}' as jsonb))
end

-- Amounts of bill rows, rounded as parity asks for.
-- name: amounts
create temporary table cloud_amount on commit drop as
select id as row_id, round(usage_amount, cast(:bill_digits as int)) as usage_amount,
  round(unblended_cost, cast(:bill_digits as int)) as unblended, blended_cost as blended,
  savings_cost as savings, amortized_cost as amortized, credit
from cloud_row

-- Tags that a bill row keeps: enabled keys of the cloud, and openshift_* where OpenShift has them
-- enabled.
-- name: tag_sets
create temporary table cloud_tags on commit drop as
select tags_text, coalesce((
    select jsonb_object_agg(tag.key, tag.value) from jsonb_each(cast(nullif(tags_text, '') as jsonb)) tag
    where tag.key in (
      select key from reporting_enabledtagkeys where enabled and (provider_type = :type
        or (provider_type = 'OCP'
          and key in ('openshift_cluster', 'openshift_project', 'openshift_node'))))),
  cast('{}' as jsonb)) as tags
from (select distinct tags_text from cloud_row) texts

-- name: clear
delete from ocp_cloud_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- Each bill row is shared to the last digit: where its shares add up to one, what rounding left goes
-- to the largest.
-- name: publish
insert into ocp_cloud_daily_summary (
  usage_start, usage_end, source_uuid, source_type, openshift_source_uuid, cluster_id,
  cluster_alias, data_source, namespace, node, persistentvolumeclaim, persistentvolume,
  storageclass, resource_id, cost_category_id, tags, cost_category, usage_account_id, account_alias,
  account_name, project_id, project_name, product_code, product_family, service_id, sku_id,
  sku_alias, instance_type, region, availability_zone, unit, raw_currency, invoice_month,
  data_transfer_direction, usage_amount, unblended_cost, blended_cost, savingsplan_effective_cost,
  calculated_amortized_cost, credit_amount, infrastructure_data_in_gigabytes,
  infrastructure_data_out_gigabytes)
with priced as (
  select shares.*,
    round(amounts.usage_amount / shares.usage_divisor, 15) as usage_amount,
    coalesce(round(share * unblended / divisor, 15), 0) as unblended_share,
    coalesce(round(share * blended / divisor, 15), 0) as blended_share,
    coalesce(round(share * savings / divisor, 15), 0) as savings_share,
    coalesce(round(share * amortized / divisor, 15), 0) as amortized_share,
    coalesce(round(share * credit / divisor, 15), 0) as credit_share,
    unblended, blended, savings, amortized, credit,
    row_number() over (partition by shares.row_id
      order by share / divisor desc nulls last, shares.openshift_source, namespace, labels) as place,
    abs(sum(share / divisor) over bill - 1) < 0.000000001 as whole
  from cloud_share shares join cloud_amount amounts on amounts.row_id = shares.row_id
  window bill as (partition by shares.row_id)
),
kept as (
  select priced.*,
    case when cast(:shows_machine_id as boolean) then machine_id end as shown_id,
    case when place = 1 and whole then unblended - sum(unblended_share) over bill else 0 end
      + unblended_share as unblended_kept,
    case when place = 1 and whole then blended - sum(blended_share) over bill else 0 end
      + blended_share as blended_kept,
    case when place = 1 and whole then savings - sum(savings_share) over bill else 0 end
      + savings_share as savings_kept,
    case when place = 1 and whole then amortized - sum(amortized_share) over bill else 0 end
      + amortized_share as amortized_kept,
    case when place = 1 and whole then credit - sum(credit_share) over bill else 0 end
      + credit_share as credit_kept
  from priced
  window bill as (partition by row_id)
),
merged as (
  select own, tags_text, $mapped_tags as tags
  from (
    select distinct shares.labels as own, rows.tags_text, shares.labels || tags.tags as labels
    from cloud_share shares join cloud_row rows on rows.id = shares.row_id
    join cloud_tags tags on tags.tags_text = rows.tags_text
    where shares.labels is not null) sets
)
select rows.usage_day, rows.usage_day, cast(:source as uuid), :type, kept.openshift_source,
  cluster.cluster_id, cluster.cluster_alias, kept.data_source, kept.namespace, kept.node,
  kept.persistentvolumeclaim, kept.persistentvolume, kept.storageclass,
  coalesce(shown_id, case when not cast(:shows_machine_id as boolean) then rows.resource_id end),
  kept.cost_category_id, merged.tags,
  case when kept.kind not in ('network', 'unused')
    then cast(nullif(rows.category_text, '') as jsonb) end,
  rows.usage_account_id, aliases.account_alias, rows.account_name, rows.project_id,
  rows.project_name, rows.product_code, rows.product_family, rows.service_id, rows.sku_id,
  rows.sku_alias, rows.instance_type, rows.region, rows.availability_zone,
  coalesce(kept.unit, rows.unit), rows.raw_currency, rows.invoice_month, rows.direction,
  round(sum(kept.usage_amount), cast(:usage_digits as int)),
  round(sum(unblended_kept), cast(:unblended_digits as int)), sum(blended_kept), sum(savings_kept),
  round(sum(amortized_kept), cast(:amortized_digits as int)),
  round(sum(credit_kept), cast(:credit_digits as int)),
  coalesce(sum(kept.usage_amount) filter (where rows.direction = 'IN'), 0)
    * case when rows.unit = 'gibibyte' then 1.07374 else 1 end,
  coalesce(sum(kept.usage_amount) filter (where rows.direction = 'OUT'), 0)
    * case when rows.unit = 'gibibyte' then 1.07374 else 1 end
from kept
join cloud_row rows on rows.id = kept.row_id
join ($clusters) cluster on cluster.openshift_source = kept.openshift_source
left join merged on merged.own = kept.labels
  and merged.tags_text = rows.tags_text
left join aws_account_alias aliases
  on :type = 'AWS' and aliases.account_id = rows.usage_account_id
group by rows.usage_day, kept.openshift_source, cluster.cluster_id, cluster.cluster_alias,
  kept.data_source, kept.namespace, kept.node, kept.persistentvolumeclaim, kept.persistentvolume,
  kept.storageclass,
  shown_id, rows.resource_id, kept.cost_category_id, merged.tags,
  case when kept.kind not in ('network', 'unused')
    then cast(nullif(rows.category_text, '') as jsonb) end,
  rows.usage_account_id, aliases.account_alias, rows.account_name, rows.project_id,
  rows.project_name, rows.product_code, rows.product_family, rows.service_id, rows.sku_id,
  rows.sku_alias, rows.instance_type, rows.region, rows.availability_zone,
  coalesce(kept.unit, rows.unit), rows.unit, rows.raw_currency, rows.invoice_month, rows.direction

-- Markup of stored costs; also what a changed cost model of the cloud source does. raise: whether
-- the cost that OpenShift gets follows.
-- name: markup
update ocp_cloud_daily_summary set
  markup_cost = round(unblended_cost * :markup, cast(:unblended_digits as int)),
  markup_cost_blended = round(blended_cost * :markup, 15),
  markup_cost_savingsplan = round(savingsplan_effective_cost * :markup, 15),
  markup_cost_amortized
    = round(calculated_amortized_cost * :markup, cast(:amortized_digits as int)),
  net_cost = $net, net_markup_cost = $net_markup,
  raised_cost = case when cast(:raise as boolean) then $net + $net_markup else raised_cost end
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- name: net_amortized
calculated_amortized_cost

-- name: net_markup_amortized
round(calculated_amortized_cost * :markup, 15)

-- name: net_unblended
unblended_cost

-- name: net_markup_unblended
round(unblended_cost * :markup, cast(:unblended_digits as int))

-- name: net_credited
(unblended_cost + coalesce(credit_amount, 0))

-- Values of the month: those that are gone leave with their rows.
-- name: forget_tag_values
delete from ocp_cloud_tag_value
where source_uuid = cast(:source as uuid) and month = cast(:first as date)

-- name: tag_values
insert into ocp_cloud_tag_value (
  source_uuid, source_type, openshift_source_uuid, month, key, value, cluster_id, cluster_alias,
  namespace, node, account, account_name, project, project_name)
select cast(:source as uuid), :type, openshift_source_uuid, cast(:first as date), tag.key, tag.value,
  max(cluster_id), max(cluster_alias), namespace, node, account, max(account_name), project,
  max(project_name)
from (
  select openshift_source_uuid, coalesce(namespace, '') as namespace, coalesce(node, '') as node,
    coalesce(usage_account_id, '') as account, coalesce(project_id, '') as project, tags,
    max(cluster_id) as cluster_id, max(cluster_alias) as cluster_alias,
    max(coalesce(account_alias, account_name)) as account_name, max(project_name) as project_name
  from ocp_cloud_daily_summary
  where source_uuid = cast(:source as uuid)
    and usage_start >= cast(:first as date) and usage_start < cast(:next as date)
    and tags is not null and tags <> '{}'
  group by openshift_source_uuid, coalesce(namespace, ''), coalesce(node, ''),
    coalesce(usage_account_id, ''), coalesce(project_id, ''), tags) rows
cross join lateral jsonb_each_text(tags) tag
where tag.key in (
  select key from reporting_enabledtagkeys where enabled and provider_type = :type)
group by openshift_source_uuid, tag.key, tag.value, namespace, node, account, project

-- name: note_month
insert into ocp_cloud_month (source_uuid, openshift_source_uuid, month)
values (cast(:source as uuid), :openshift_source, cast(:first as date))
on conflict do nothing

-- name: forget_month
delete from ocp_cloud_month known
where source_uuid = cast(:source as uuid) and month = cast(:first as date)
  and not exists (
    select 1 from ocp_cloud_daily_summary daily
    where daily.source_uuid = cast(:source as uuid)
      and daily.openshift_source_uuid = known.openshift_source_uuid
      and daily.usage_start >= cast(:first as date) and daily.usage_start < cast(:next as date))

-- name: markup_of
select coalesce(cast(nullif(m.markup ->> 'value', '') as numeric), 0) / 100 as factor
from cost_model_map map join cost_model m on m.uuid = map.cost_model_id
where map.provider_uuid = cast(:source as uuid)
