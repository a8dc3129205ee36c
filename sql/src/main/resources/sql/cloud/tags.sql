-- Tag keys, tag values and tag mapping of the daily rows of a cloud. PostgreSQL only. $daily is the
-- table with a `tags` column; $tag_account and its like say what values are of.
-- Parameters: source, provider_type, start, end, first, next.

-- name: enabled_keys
select key from reporting_enabledtagkeys
where provider_type = :provider_type and enabled
order by key

-- Values accumulate; they are taken before mapping, so children keep their names here. Rows that
-- have an enabled key count with all the keys that they keep.
-- name: add_values
insert into cloud_tag_value (
  provider_type, source_uuid, month, key, value, account, account_name, project, project_name)
select :provider_type, cast(:source as uuid), cast(:first as date), entries.key, entries.value,
  coalesce(rows.account, ''), max(rows.account_name), coalesce(rows.project, ''),
  max(rows.project_name)
from (
  select distinct $tag_account as account, $tag_account_name as account_name,
    $tag_project as project, $tag_project_name as project_name, tags
  from $daily
  where source_uuid = cast(:source as uuid)
    and usage_start between cast(:start as date) and cast(:end as date)
    and tags <> '{}') rows
cross join lateral jsonb_each_text(rows.tags) entries
group by entries.key, entries.value, coalesce(rows.account, ''), coalesce(rows.project, '')
on conflict (source_uuid, month, key, value, account, project)
  do update set account_name = excluded.account_name, project_name = excluded.project_name
  where (cloud_tag_value.account_name, cloud_tag_value.project_name)
    is distinct from (excluded.account_name, excluded.project_name)

-- Values leave when their key is disabled or no row of the month has the key. Keys that mapping
-- renamed are still those of rows: a child stays while its parent stands in rows.
-- name: drop_values
delete from cloud_tag_value
where source_uuid = cast(:source as uuid) and month = cast(:first as date)
  and (key not in (
      select key from reporting_enabledtagkeys
      where provider_type = :provider_type and enabled)
    or key not in (
      select distinct keys.key
      from $daily daily cross join lateral jsonb_object_keys(daily.tags) keys (key)
      where daily.source_uuid = cast(:source as uuid)
        and daily.usage_start >= cast(:first as date) and daily.usage_start < cast(:next as date)
      union
      select children.key
      from reporting_tagmapping mappings
      join reporting_enabledtagkeys children on children.uuid = mappings.child_id
      where children.provider_type = :provider_type and children.enabled))

-- A tag set that holds a child together with its own parent loses every child; otherwise every
-- child takes its parent's name, and of several children of one parent the longest, then the
-- greatest by bytes, keeps its value.
-- name: map
with
pairs as (
  select children.key as child, parents.key as parent
  from reporting_tagmapping mappings
  join reporting_enabledtagkeys children on children.uuid = mappings.child_id
  join reporting_enabledtagkeys parents on parents.uuid = mappings.parent_id
  where children.enabled and children.provider_type = :provider_type
),
children as (select array_agg(child) as keys from pairs),
sets as (
  select distinct tags
  from $daily
  where source_uuid = cast(:source as uuid)
    and usage_start >= cast(:first as date) and usage_start <= cast(:end as date)
    and (select keys from children) is not null
),
mapped as (
  select tags,
    case
      when exists (
        select 1 from pairs where jsonb_exists(tags, child) and jsonb_exists(tags, parent))
        then tags - (select keys from children)
      else (
        select jsonb_object_agg(coalesce(pairs.parent, entries.key), entries.value
          order by octet_length(entries.key), entries.key collate "C")
        from jsonb_each(tags) entries
        left join pairs on pairs.child = entries.key)
    end as renamed
  from sets
  where jsonb_exists_any(tags, (select keys from children))
)
update $daily summary set tags = renamed
from mapped
where summary.tags = mapped.tags
  and source_uuid = cast(:source as uuid)
  and usage_start >= cast(:first as date) and usage_start <= cast(:end as date)
