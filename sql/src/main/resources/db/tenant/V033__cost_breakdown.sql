-- Which rate cost what: docs/design/costs.md.

-- Nothing identifies a daily row by itself, and making an id was a fifth of writing one.
alter table ocp_daily_summary drop column uuid;

-- The rate that a cost row comes from; null where a row is the sum of several (usage rates).
alter table ocp_daily_summary add column cost_rate_id bigint;
create index ocp_daily_summary_distributed on ocp_daily_summary (source_uuid, usage_start)
  where distributed_cost is not null;

-- The currency in which the costs of a month were calculated: a model may change it later.
alter table ocp_report_period add column cost_currency text;

-- Every rate that was ever charged. The id is made of the other columns, so that nobody has to ask
-- for it. 0 and 1 stand for what is not charged by a rate.
create table cost_rate (
  id bigint primary key,
  name text not null,
  metric text not null,
  cost_type text not null,
  tag_key text not null
);
insert into cost_rate (id, name, metric, cost_type, tag_key) values
  (0, 'Infrastructure', '', '', ''), (1, 'Markup', '', '', '');

-- Cost by day, namespace, node and rate type, split by rate: amounts[i] is what rates[i] cost. The
-- amounts of a row add up to its cost to the last digit.
create table ocp_cost_part (
  usage_start date not null,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  cost_category_id bigint,
  cost_model_rate_type text,
  raw_currency text,
  namespace text,
  node text,
  rates bigint[] not null,
  amounts numeric[] not null
);
create index ocp_cost_part_source on ocp_cost_part (source_uuid, usage_start);

-- What an overhead that was distributed on a day consisted of: for a namespace that gave it, of its own
-- cost; for those who receive it (namespace is null), of the cluster's, or of the node's where node is
-- set. The fractions of a row add up to 1 exactly, so that multiplying loses nothing.
create table ocp_distribution_part (
  usage_start date not null,
  source_uuid uuid not null,
  cost_model_rate_type text not null,
  namespace text,
  node text,
  rates bigint[] not null,
  fractions numeric[] not null
);
create index ocp_distribution_part_source
  on ocp_distribution_part (source_uuid, usage_start, cost_model_rate_type);

create view ocp_cost_breakdown with (security_invoker = true) as
select p.usage_start, p.source_uuid, p.cluster_id, p.cluster_alias, p.cost_category_id,
  p.cost_model_rate_type, p.raw_currency, p.namespace, p.node,
  r.name as rate_name, r.metric as rate_metric, r.cost_type as rate_cost_type,
  r.tag_key as rate_tag_key,
  case when part.rate = 0 then part.amount end as infrastructure_raw_cost,
  case when part.rate = 1 then part.amount end as infrastructure_markup_cost,
  case when part.rate not in (0, 1) then part.amount end as cost_model_cost,
  cast(null as numeric) as distributed_cost
from ocp_cost_part p
cross join lateral unnest(p.rates, p.amounts) as part (rate, amount)
join cost_rate r on r.id = part.rate
union all
select s.usage_start, s.source_uuid, s.cluster_id, s.cluster_alias, s.cost_category_id,
  s.cost_model_rate_type, s.raw_currency, s.namespace, s.node,
  r.name, r.metric, r.cost_type, r.tag_key, null, null, null,
  s.distributed_cost * coalesce(part.fraction, 1)
from ocp_daily_summary s
left join ocp_distribution_part given on given.source_uuid = s.source_uuid
  and given.usage_start = s.usage_start and given.cost_model_rate_type = s.cost_model_rate_type
  and given.namespace = s.namespace and coalesce(given.node, '') = coalesce(s.node, '')
left join ocp_distribution_part pool on pool.source_uuid = s.source_uuid
  and pool.usage_start = s.usage_start and pool.cost_model_rate_type = s.cost_model_rate_type
  and pool.namespace is null and (pool.node is null or pool.node = s.node)
left join lateral unnest(coalesce(given.rates, pool.rates), coalesce(given.fractions, pool.fractions))
  as part (rate, fraction) on true
left join cost_rate r on r.id = coalesce(part.rate, 0)
where s.distributed_cost is not null;
