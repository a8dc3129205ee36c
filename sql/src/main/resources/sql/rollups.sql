-- Rollups of a daily table, filled for one source and some days. PostgreSQL only: both modes keep
-- summaries there. Which columns and rows a rollup has is said by
-- io.tawara.analytics.summary.Rollup; $daily, $table, $columns, $values, $grain and $scope come
-- from it; $daily may be a finer rollup. Parameters: source, start, end (both included), changed.

-- name: clear
delete from $table
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and $changed

-- name: fill
insert into $table ($columns)
select $values
from $daily
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and $scope and $changed
group by $grain

-- Of rows of usage, of costs, or of both.
-- name: changed
case cast(:changed as text) when 'USAGE' then cost_model_rate_type is null
  when 'COSTS' then cost_model_rate_type is not null else true end

-- Of rows that another rollup has already chosen.
-- name: all_rows
true

-- Of whole months, whichever days of it changed.
-- name: month
cast(date_trunc('month', usage_start) as date)

-- name: clear_month
delete from $table
where source_uuid = cast(:source as uuid) and usage_start = cast(:first as date)
  and $changed

-- name: fill_month
insert into $table ($columns)
select $values
from $daily
where source_uuid = cast(:source as uuid)
  and usage_start >= cast(:first as date) and usage_start < cast(:next as date)
  and $scope and $changed
group by $grain

-- Daily rows grouped once for several rollups, which are then filled from it. It is filled in pieces
-- of some days: states of many groups do not fit into memory at once.
-- name: base
create temporary table $table ($columns) on commit drop as
select $values
from $daily
where false
group by $grain

-- name: base_statistics
analyze $table

-- name: drop_base
drop table $table
