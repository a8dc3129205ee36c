-- Currencies of bills. PostgreSQL only: both modes keep summaries there. $daily is the bill's daily
-- table. Parameters: source, start, end (both included).

-- name: billed
select distinct raw_currency
from $daily
where source_uuid = cast(:source as uuid)
  and usage_start between cast(:start as date) and cast(:end as date)
  and raw_currency is not null
