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
  usage_amount numeric, unblended numeric, blended numeric, savings numeric, amortized numeric,
  credit numeric,
  size_text text, size_amount double precision, size_rate double precision
) on commit drop;
create temporary table cloud_link (
  resource_key text not null, role text not null, openshift_source uuid not null, name text not null
) on commit drop;
create temporary table cloud_target (
  id int generated always as identity, place_id int not null, openshift_source uuid not null,
  kind text not null, data_source text not null, namespace text, node text,
  persistentvolumeclaim text, persistentvolume text, storageclass text, machine_id text,
  cost_category_id bigint, labels jsonb, share numeric, divisor numeric not null,
  usage_divisor numeric, unit text
) on commit drop

-- name: link
insert into cloud_link (resource_key, role, openshift_source, name)
values (:resource_key, :role, :openshift_source, :name)

-- name: statistics
analyze cloud_row; analyze cloud_link; analyze cloud_place; analyze cloud_usage

-- Clusters with rows in the days.
-- name: present
select openshift_source_uuid
from ocp_cloud_month known
where source_uuid = cast(:source as uuid) and month = cast(:first as date)
  and (
    select true from ocp_cloud_daily_summary daily
    where daily.source_uuid = cast(:source as uuid)
      and daily.openshift_source_uuid = known.openshift_source_uuid
      and daily.usage_start between cast(:start as date) and cast(:end as date)
    limit 1)

-- Clusters that were given something.
-- name: given
select distinct openshift_source from cloud_target

-- Whether rollups have rows in the days.
-- name: rolled_up
select 1
from ocp_cloud_cost_by_account
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
limit 1

-- Clusters that ran on the last two days with bills and have no bill of a machine on either.
-- name: without_machine
select source_uuid
from ocp_daily_summary
where usage_start between cast(:last as date) - 1 and cast(:last as date)
  and data_source = 'Pod' and cost_model_rate_type is null and raised_from is null
group by source_uuid
having count(distinct usage_start) = 2
except
select link.openshift_source
from cloud_row rows
join cloud_link link on link.resource_key = rows.resource_key and link.role = 'machine'
where rows.usage_day between cast(:last as date) - 1 and cast(:last as date)

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

-- What is shared alike: rows of one resource or one set of tags on one day, network apart.
-- name: places
create temporary table cloud_place on commit drop as
select cast(row_number() over () as int) as id, matched, place_key, usage_day, network
from (
  select distinct matched, usage_day, direction is not null as network,
    case when matched = 'resource' then resource_key else tags_text end as place_key
  from cloud_row) places

-- name: disk
create temporary table cloud_disk on commit drop as $disks

-- Volumes on disks of known size, per place, cluster and volume.
-- name: claims
create temporary table cloud_claim on commit drop as
select place.id as place_id, usage.openshift_source, usage.persistentvolume, usage.namespace,
  usage.volume_labels, disk.size, max(usage.claim_size) as claim_size, max(usage.node) as node,
  max(usage.persistentvolumeclaim) as persistentvolumeclaim,
  max(usage.storageclass) as storageclass, max(usage.machine_id) as machine_id,
  max(usage.cost_category_id) as cost_category_id
from cloud_place place
join cloud_disk disk on disk.resource_key = place.place_key and disk.usage_day = place.usage_day
join cloud_link link on link.resource_key = place.place_key and link.role = 'disk'
join cloud_usage usage on usage.openshift_source = link.openshift_source
  and usage.usage_day = place.usage_day and usage.persistentvolume = link.name
where place.matched = 'resource' and not place.network and usage.data_source = 'Storage'
  and usage.claim_size is not null and usage.namespace is distinct from 'Storage unattributed'
group by place.id, usage.openshift_source, usage.persistentvolume, usage.namespace,
  usage.volume_labels, disk.size

-- name: target_columns
place_id, openshift_source, kind, data_source, namespace, node, persistentvolumeclaim,
persistentvolume, storageclass, machine_id, cost_category_id, labels, share, divisor, usage_divisor,
unit

-- A volume that shows in several groups (several nodes, several projects) is one claim. Where the
-- claims are greater than the disk they share the whole of it.
-- name: kind_disk
insert into cloud_target ($target_columns)
with claim as (
  select claims.*, max(claim_size) over volume as volume_size, count(*) over volume as groups,
    row_number() over volume as place
  from cloud_claim claims
  window volume as (partition by place_id, openshift_source, persistentvolume)
),
total as (
  select place_id, sum(volume_size) as claimed from claim where place = 1 group by place_id
)
select claim.place_id, openshift_source, 'disk', 'Storage',
  case when coalesce(persistentvolumeclaim, '') = '' then 'Storage unattributed' else namespace end,
  node, persistentvolumeclaim, persistentvolume, storageclass, machine_id,
  case when persistentvolumeclaim <> '' then cost_category_id end,
  case when persistentvolumeclaim <> '' then volume_labels end,
  volume_size / case when claimed > size and cast(:claims_share_disk as boolean)
    then claimed else size end, groups,
  case when persistentvolumeclaim <> '' then groups end, cast(:disk_unit as text)
from claim join total on total.place_id = claim.place_id

-- name: kind_unused
insert into cloud_target ($target_columns)
with claim as (
  select place_id, openshift_source, persistentvolume, max(size) as size,
    max(claim_size) as claim_size
  from cloud_claim group by place_id, openshift_source, persistentvolume
),
disk as (
  select place_id, max(size) as size, sum(claim_size) as claimed from claim group by place_id
),
place as (
  select place_id, openshift_source, max(node) as node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    labels
  from (
    select cloud_claim.*,
      case when cast(:unused_keeps_place as boolean) then volume_labels end as labels
    from cloud_claim) claims
  group by place_id, openshift_source, labels
)
select place.place_id, openshift_source, 'unused', 'Storage', 'Storage unattributed',
  case when cast(:unused_keeps_place as boolean) then node end, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, null, labels,
  case when claimed > size and cast(:claims_share_disk as boolean) then 0
    else (size - claimed) / size end,
  count(*) over (partition by place.place_id),
  case when cast(:unused_keeps_place as boolean) then cast('Infinity' as numeric) end,
  cast(:disk_unit as text)
from place join disk on disk.place_id = place.place_id
where claimed <> size or cast(:nothing_unused_shows as boolean)

-- Usage on machines, by day and machine: computed once, however many places a machine has.
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
insert into cloud_target ($target_columns)
with disks as (select distinct place_id from cloud_claim),
found as (
  select place.id as place_id, usage.openshift_source, 'Pod' as data_source, usage.namespace,
    usage.node, cast(null as text) as persistentvolumeclaim, cast(null as text) as persistentvolume,
    cast(null as text) as storageclass, usage.machine_id, usage.cost_category_id,
    usage.pod_labels as labels, usage.share
  from cloud_place place
  join cloud_link link on link.resource_key = place.place_key and link.role = 'machine'
  join cloud_machine usage on usage.openshift_source = link.openshift_source
    and usage.usage_day = place.usage_day and usage.machine = link.name
  where place.matched = 'resource' and not place.network
    and place.id not in (select place_id from disks)
  union all
  select place.id, usage.openshift_source, 'Storage', usage.namespace, max(usage.node),
    max(usage.persistentvolumeclaim), max(usage.persistentvolume), max(usage.storageclass),
    max(usage.machine_id), max(usage.cost_category_id), usage.volume_labels, null
  from cloud_place place
  join cloud_link link on link.resource_key = place.place_key and link.role = 'volume'
  join cloud_usage usage on usage.openshift_source = link.openshift_source
    and usage.usage_day = place.usage_day and usage.persistentvolume = link.name
    and usage.data_source = 'Storage'
  where place.matched = 'resource' and not place.network
    and place.id not in (select place_id from disks)
  group by place.id, usage.openshift_source, usage.namespace, usage.volume_labels
),
counted as (
  select found.*, count(*) over (partition by place_id) as groups,
    count(*) filter (where data_source = 'Storage') over (partition by place_id) as volumes,
    dense_rank() over (partition by place_id order by openshift_source)
      + dense_rank() over (partition by place_id order by openshift_source desc) - 1 as sources
  from found
)
select place_id, openshift_source, 'resource', data_source, namespace, node, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, cost_category_id, labels,
  case when data_source = 'Storage' then 1 else share end,
  case when data_source = 'Storage' then volumes else sources end, groups, null
from counted

-- What tags match, per set of tags and day: whole clusters, projects, nodes, or labels.
-- name: kind_tags
insert into cloud_target ($target_columns)
with sets as (
  select id as place_id, place_key as tags_text, usage_day
  from cloud_place where matched = 'tags' and not network
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
  select sets.place_id, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join ($clusters) cluster on pairs.value in (cluster.cluster_id, cluster.cluster_alias)
  join projects usage on usage.openshift_source = cluster.openshift_source
    and usage.usage_day = sets.usage_day
  where pairs.key = 'openshift_cluster'
  union all
  select sets.place_id, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join projects usage on usage.usage_day = sets.usage_day and usage.namespace = pairs.value
  where pairs.key = 'openshift_project'
  union all
  select sets.place_id, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join nodes usage on usage.usage_day = sets.usage_day and usage.node = pairs.value
  where pairs.key = 'openshift_node'
  union all
  select sets.place_id, usage.openshift_source, usage.namespace,
    usage.data_source, usage.node, usage.persistentvolumeclaim, usage.persistentvolume,
    usage.storageclass, usage.machine_id, usage.cost_category_id, usage.labels
  from pairs join sets using (tags_text)
  join labelled usage on usage.usage_day = sets.usage_day and usage.key = pairs.key
    and usage.value = pairs.value
),
grouped as (
  select place_id, openshift_source, namespace, data_source, max(node) as node,
    max(persistentvolumeclaim) as persistentvolumeclaim, max(persistentvolume) as persistentvolume,
    max(storageclass) as storageclass, max(machine_id) as machine_id,
    max(cost_category_id) as cost_category_id, max(labels) as labels
  from matches group by place_id, openshift_source, namespace, data_source
),
counted as (
  select grouped.*,
    count(*) over (partition by place_id, openshift_source) as groups,
    dense_rank() over (partition by place_id order by openshift_source)
      + dense_rank() over (partition by place_id order by openshift_source desc) - 1
      as sources
  from grouped
)
select place_id, openshift_source, 'tags', data_source, namespace, node, persistentvolumeclaim,
  persistentvolume, storageclass, machine_id, cost_category_id, cast(labels as jsonb),
  1, groups * sources, groups * sources, null
from counted

-- name: kind_network
insert into cloud_target ($target_columns)
with nodes as (
  select openshift_source, usage_day, machine, node, max(machine_id) as machine_id
  from cloud_usage
  where data_source = 'Pod' and machine is not null
  group by openshift_source, usage_day, machine, node
)
select place.id, nodes.openshift_source, 'network', 'Pod', 'Network unattributed', nodes.node,
  null, null, null, nodes.machine_id, null, cast('{}' as jsonb), 1,
  count(*) over (partition by place.id), count(*) over (partition by place.id), null
from cloud_place place
join cloud_link link on link.resource_key = place.place_key and link.role = 'machine'
join nodes on nodes.openshift_source = link.openshift_source
  and nodes.usage_day = place.usage_day and nodes.machine = link.name
where place.matched = 'resource' and place.network

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

-- Tags that a bill row keeps: enabled keys of the cloud, and openshift_* where OpenShift has them
-- enabled.
-- name: tag_sets
create temporary table cloud_tags on commit drop as
select tags_text, tags, cast(dense_rank() over (order by tags) as int) as set_id
from (
  select tags_text, coalesce((
      select jsonb_object_agg(tag.key, tag.value)
      from jsonb_each(cast(nullif(tags_text, '') as jsonb)) tag
      where tag.key in (
        select key from reporting_enabledtagkeys where enabled and (provider_type = :type
          or (provider_type = 'OCP'
            and key in ('openshift_cluster', 'openshift_project', 'openshift_node'))))),
    cast('{}' as jsonb)) as tags
  from (select distinct tags_text from cloud_row) texts) sets

-- Which bill row stands for all with the same columns, with and without cost categories.
-- name: bills
create temporary table cloud_bill on commit drop as
with known as (
  select rows.id, place.id as place_id, tags.set_id,
    cast(row(rows.usage_day, rows.resource_id, rows.usage_account_id, rows.account_name,
      rows.project_id, rows.project_name, rows.product_code, rows.product_family, rows.service_id,
      rows.sku_id, rows.sku_alias, rows.instance_type, rows.region, rows.availability_zone,
      rows.unit, rows.raw_currency, rows.invoice_month, rows.direction) as text) as columns,
    cast(nullif(rows.category_text, '') as jsonb) as category
  from cloud_row rows
  join cloud_tags tags on tags.tags_text = rows.tags_text
  join cloud_place place on place.matched = rows.matched and place.usage_day = rows.usage_day
    and place.network = (rows.direction is not null)
    and place.place_key
      = case when rows.matched = 'resource' then rows.resource_key else rows.tags_text end
)
select known.id, known.place_id, known.set_id, plain.id as plain_id, categorised.id as category_id
from known
join (select columns, min(id) as id from known group by columns) plain
  on plain.columns = known.columns
join (
  select columns, coalesce(category, 'null') as category, min(id) as id
  from known group by columns, coalesce(category, 'null')) categorised
  on categorised.columns = known.columns
    and categorised.category = coalesce(known.category, 'null')

-- What is billed at a place for equal columns and tags: bill rows rounded as parity asks for.
-- name: amounts
create temporary table cloud_amount on commit drop as
select cast(row_number() over () as int) as id, place.usage_day, billed.*
from (
  select bill.place_id, bill.set_id, bill.plain_id, bill.category_id,
    sum(round(rows.usage_amount, cast(:bill_digits as int))) as usage_amount,
    sum(round(rows.unblended, cast(:bill_digits as int))) as unblended,
    sum(rows.blended) as blended, sum(rows.savings) as savings,
    sum(rows.amortized) as amortized, sum(rows.credit) as credit
  from cloud_bill bill join cloud_row rows on rows.id = bill.id
  group by bill.place_id, bill.set_id, bill.plain_id, bill.category_id) billed
join cloud_place place on place.id = billed.place_id

-- name: label_sets
create temporary table cloud_labels on commit drop as
select cast(row_number() over () as int) as id, labels
from (select distinct labels from cloud_target where labels is not null) sets

-- Shares by numbers: target is the one that stands for all with the same columns, largest says who
-- gets what rounding leaves where the shares add up to one.
-- name: shares
create temporary table cloud_share on commit drop as
with known as (
  select target.*, round(share, 30) / divisor as factor,
    cast(row(openshift_source, data_source, namespace, node, persistentvolumeclaim,
      persistentvolume, storageclass, case when cast(:shows_machine_id as boolean) then machine_id end,
      cost_category_id, unit) as text) as columns
  from cloud_target target
)
select known.place_id, place.usage_day, targets.id as target_id, labels.id as labels_id,
  kind in ('network', 'unused') as plain, factor, usage_divisor,
  abs(sum(factor) over bill - 1) < 0.000000001 and row_number() over (partition by place_id
    order by factor desc nulls last, openshift_source, namespace, known.labels, known.columns,
      known.id) = 1 as largest
from known
join (select columns, min(id) as id from known group by columns) targets
  on targets.columns = known.columns
join cloud_place place on place.id = known.place_id
left join cloud_labels labels on labels.labels = known.labels
window bill as (partition by place_id)

-- name: receivers
create temporary table cloud_receiver on commit drop as
select target.id, target.openshift_source, cluster.cluster_id, cluster.cluster_alias, data_source,
  namespace, node, persistentvolumeclaim, persistentvolume, storageclass, machine_id,
  cost_category_id, unit
from cloud_target target
join ($clusters) cluster on cluster.openshift_source = target.openshift_source
where id in (select target_id from cloud_share)

-- Labels and tags of all that meet.
-- name: merged
create temporary table cloud_merged on commit drop as
select labels_id, set_id, tags, cast(dense_rank() over (order by tags) as int) as id
from (
  select labels_id, set_id, $mapped_tags as tags
  from (
    select pairs.labels_id, pairs.set_id, labels.labels || tags.tags as labels
    from (
      select distinct share.labels_id, place.set_id
      from (select distinct place_id, set_id from cloud_amount) place
      join cloud_share share on share.place_id = place.place_id) pairs
    join cloud_labels labels on labels.id = pairs.labels_id
    join (select distinct set_id, tags from cloud_tags) tags on tags.set_id = pairs.set_id) sets) made

-- name: statistics_of_claims
analyze cloud_disk; analyze cloud_claim

-- name: statistics_of_shares
analyze cloud_receiver (id); analyze cloud_amount; analyze cloud_share;
analyze cloud_merged (labels_id, set_id, id)

-- name: clear
delete from ocp_cloud_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)

-- How many prices a day has.
-- name: sizes
select amount.usage_day, sum(amount.amounts * share.shares) as prices
from (
  select place_id, usage_day, count(*) as amounts from cloud_amount group by place_id, usage_day) amount
join (select place_id, count(*) as shares from cloud_share group by place_id) share
  on share.place_id = amount.place_id
group by amount.usage_day
order by amount.usage_day

-- Prices of the days from :from to :to, by numbers. What rounding leaves of an amount goes to the
-- largest share, so that what is billed is shared to the last digit.
-- name: prices
with price as materialized (
  select amount.id as amount_id,
    case when share.plain then amount.plain_id else amount.category_id end as bill_id, share.plain,
    share.target_id, coalesce(merged.id, 0) as tags_id, share.largest,
    round(amount.usage_amount / share.usage_divisor, 15) as usage_amount,
    coalesce(round(amount.unblended * share.factor, 15), 0) as unblended,
    coalesce(round(amount.blended * share.factor, 15), 0) as blended,
    coalesce(round(amount.savings * share.factor, 15), 0) as savings,
    coalesce(round(amount.amortized * share.factor, 15), 0) as amortized,
    coalesce(round(amount.credit * share.factor, 15), 0) as credit
  from cloud_amount amount
  join cloud_share share on share.place_id = amount.place_id
    and share.usage_day between cast(:from as date) and cast(:to as date)
  left join cloud_merged merged on merged.labels_id = share.labels_id
    and merged.set_id = amount.set_id
  where amount.usage_day between cast(:from as date) and cast(:to as date)
),
shared as (
  select amount_id, sum(unblended) as unblended, sum(blended) as blended, sum(savings) as savings,
    sum(amortized) as amortized, sum(credit) as credit
  from price group by amount_id
),
rest as (
  select amount.id, coalesce(amount.unblended - shared.unblended, 0) as unblended,
    coalesce(amount.blended - shared.blended, 0) as blended,
    coalesce(amount.savings - shared.savings, 0) as savings,
    coalesce(amount.amortized - shared.amortized, 0) as amortized,
    coalesce(amount.credit - shared.credit, 0) as credit
  from shared join cloud_amount amount on amount.id = shared.amount_id
  where amount.unblended <> shared.unblended or amount.blended <> shared.blended
    or amount.savings <> shared.savings or amount.amortized <> shared.amortized
    or amount.credit <> shared.credit
),
settled as materialized (
  select bill_id, plain, target_id, tags_id, usage_amount,
    case when rest.id is null then price.unblended else price.unblended + rest.unblended end
      as unblended,
    case when rest.id is null then price.blended else price.blended + rest.blended end as blended,
    case when rest.id is null then price.savings else price.savings + rest.savings end as savings,
    case when rest.id is null then price.amortized else price.amortized + rest.amortized end
      as amortized,
    case when rest.id is null then price.credit else price.credit + rest.credit end as credit
  from price left join rest on rest.id = case when price.largest then price.amount_id end
),
doubled as (
  select bill_id, plain, target_id, tags_id
  from settled group by bill_id, plain, target_id, tags_id having count(*) > 1
)
select bill_id, plain, target_id, tags_id, usage_amount, unblended, blended, savings, amortized,
  credit
from settled
where not exists (
  select 1 from doubled
  where doubled.bill_id = settled.bill_id and doubled.plain = settled.plain
    and doubled.target_id = settled.target_id and doubled.tags_id = settled.tags_id)
union all
select bill_id, plain, target_id, tags_id, sum(usage_amount), sum(unblended), sum(blended),
  sum(savings), sum(amortized), sum(credit)
from settled
join doubled using (bill_id, plain, target_id, tags_id)
group by bill_id, plain, target_id, tags_id

-- Only here rows are wide. Those of a bill row lie together, which those who add them up gain by.
-- name: publish
insert into ocp_cloud_daily_summary (
  usage_start, usage_end, source_uuid, source_type, openshift_source_uuid, cluster_id,
  cluster_alias, data_source, namespace, node, persistentvolumeclaim, persistentvolume,
  storageclass, resource_id, cost_category_id, tags, cost_category, usage_account_id, account_alias,
  account_name, project_id, project_name, product_code, product_family, service_id, sku_id,
  sku_alias, instance_type, region, availability_zone, unit, raw_currency, invoice_month,
  data_transfer_direction, usage_amount, unblended_cost, blended_cost, savingsplan_effective_cost,
  calculated_amortized_cost, credit_amount, infrastructure_data_in_gigabytes,
  infrastructure_data_out_gigabytes, markup_cost, markup_cost_blended, markup_cost_savingsplan,
  markup_cost_amortized, net_cost, net_markup_cost, raised_cost)
select rows.usage_day, rows.usage_day, cast(:source as uuid), :type, target.openshift_source,
  target.cluster_id, target.cluster_alias, target.data_source, target.namespace, target.node,
  target.persistentvolumeclaim, target.persistentvolume, target.storageclass,
  case when cast(:shows_machine_id as boolean) then target.machine_id else rows.resource_id end,
  target.cost_category_id, labels.tags, case when not added.plain then rows.category end,
  rows.usage_account_id, aliases.account_alias, rows.account_name, rows.project_id,
  rows.project_name, rows.product_code, rows.product_family, rows.service_id, rows.sku_id,
  rows.sku_alias, rows.instance_type, rows.region, rows.availability_zone,
  coalesce(target.unit, rows.unit), rows.raw_currency, rows.invoice_month, rows.direction,
  round(added.usage_amount, cast(:usage_digits as int)), unblended_cost, blended_cost,
  savingsplan_effective_cost, calculated_amortized_cost, credit_amount,
  case when rows.direction = 'IN' then coalesce(added.usage_amount, 0) else 0 end
    * case when rows.unit = 'gibibyte' then 1.07374 else 1 end,
  case when rows.direction = 'OUT' then coalesce(added.usage_amount, 0) else 0 end
    * case when rows.unit = 'gibibyte' then 1.07374 else 1 end,
  markup_cost, round(blended_cost * :markup, 15), round(savingsplan_effective_cost * :markup, 15),
  markup_cost_amortized, net_cost, net_markup_cost, net_cost + net_markup_cost
from (
  select counted.*, $net as net_cost, $net_markup as net_markup_cost,
    round(unblended_cost * :markup, cast(:unblended_digits as int)) as markup_cost,
    round(calculated_amortized_cost * :markup, cast(:amortized_digits as int))
      as markup_cost_amortized
  from (
    select bill_id, plain, target_id, tags_id, usage_amount,
      round(unblended, cast(:unblended_digits as int)) as unblended_cost, blended as blended_cost,
      savings as savingsplan_effective_cost,
      round(amortized, cast(:amortized_digits as int)) as calculated_amortized_cost,
      round(credit, cast(:credit_digits as int)) as credit_amount
    from ($prices) prices
    order by bill_id
    offset 0) counted
  offset 0) added
join (
  select cloud_row.*, cast(nullif(category_text, '') as jsonb) as category
  from cloud_row
  where usage_day between cast(:from as date) and cast(:to as date)
  offset 0) rows on rows.id = added.bill_id
join cloud_receiver target on target.id = added.target_id
left join (select distinct id, tags from cloud_merged) labels on labels.id = added.tags_id
left join aws_account_alias aliases
  on :type = 'AWS' and aliases.account_id = rows.usage_account_id

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

-- name: tagged
create temporary table cloud_tagged on commit drop as
select openshift_source_uuid, coalesce(namespace, '') as namespace, coalesce(node, '') as node,
  coalesce(usage_account_id, '') as account, coalesce(project_id, '') as project, tags,
  max(cluster_id) as cluster_id, max(cluster_alias) as cluster_alias,
  max(coalesce(account_alias, account_name)) as account_name, max(project_name) as project_name
from ocp_cloud_daily_summary
where source_uuid = cast(:source as uuid)
  and usage_start >= cast(:first as date) and usage_start < cast(:next as date)
  and tags is not null and tags <> '{}'
group by openshift_source_uuid, coalesce(namespace, ''), coalesce(node, ''),
  coalesce(usage_account_id, ''), coalesce(project_id, ''), tags

-- name: tag_values
insert into ocp_cloud_tag_value (
  source_uuid, source_type, openshift_source_uuid, month, key, value, cluster_id, cluster_alias,
  namespace, node, account, account_name, project, project_name)
select cast(:source as uuid), :type, openshift_source_uuid, cast(:first as date), tag.key, tag.value,
  max(cluster_id), max(cluster_alias), namespace, node, account, max(account_name), project,
  max(project_name)
from cloud_tagged rows
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
  and (
    select true from ocp_cloud_daily_summary daily
    where daily.source_uuid = cast(:source as uuid)
      and daily.openshift_source_uuid = known.openshift_source_uuid
      and daily.usage_start >= cast(:first as date) and daily.usage_start < cast(:next as date)
    limit 1) is null

-- name: markup_of
select coalesce(cast(nullif(m.markup ->> 'value', '') as numeric), 0) / 100 as factor
from cost_model_map map join cost_model m on m.uuid = map.cost_model_id
where map.provider_uuid = cast(:source as uuid)
