-- Cost models, price lists and their rates: docs/design/cost-models-api.md
create table cost_model (
  uuid uuid primary key,
  name text not null,
  description text not null,
  source_type text not null check (source_type in ('OCP', 'AWS', 'Azure', 'GCP')),
  created_timestamp timestamptz not null,
  updated_timestamp timestamptz not null,
  -- the rates as last sent with the model; what the engine applies are the price list's
  rates jsonb not null default '[]',
  -- {} or {"value": "10.0000000000", "unit": "percent"}
  markup jsonb not null default '{}',
  distribution text not null default 'cpu' check (distribution in ('cpu', 'memory')),
  -- distribution_type, platform_cost, worker_cost, network_unattributed, storage_unattributed, gpu_unallocated
  distribution_info jsonb not null,
  currency text not null
);

-- Which model a provider (public, hence no foreign key) uses: at most one.
create table cost_model_map (
  provider_uuid uuid primary key,
  cost_model_id uuid not null references cost_model (uuid) on delete cascade
);
create index cost_model_map_model on cost_model_map (cost_model_id);

create table price_list (
  uuid uuid primary key,
  name text not null,
  description text not null,
  currency text not null,
  effective_start_date date not null,
  effective_end_date date not null,
  enabled boolean not null default true,
  version int not null default 1,
  rates jsonb not null default '[]',
  created_timestamp timestamptz not null,
  updated_timestamp timestamptz not null,
  check (effective_start_date <= effective_end_date)
);

-- Priority 1 is asked first. A price list that is assigned cannot be deleted.
create table price_list_cost_model_map (
  price_list_id uuid not null references price_list (uuid),
  cost_model_id uuid not null references cost_model (uuid) on delete cascade,
  priority int not null,
  primary key (cost_model_id, price_list_id)
);
create index price_list_cost_model_map_list on price_list_cost_model_map (price_list_id);

-- One row per rate of a price list; position is the order in which they were sent.
create table cost_model_rate (
  uuid uuid primary key,
  price_list_id uuid not null references price_list (uuid) on delete cascade,
  position int not null,
  custom_name text not null check (length(custom_name) <= 50),
  description text not null default '',
  metric text not null,
  metric_type text not null,
  cost_type text not null check (cost_type in ('Infrastructure', 'Supplementary')),
  default_rate numeric(33, 15),
  tag_key text not null default '',
  -- [{"tag_value", "value", "unit", "default", ...}], value a decimal as text
  tag_values jsonb not null default '[]',
  created_timestamp timestamptz not null,
  updated_timestamp timestamptz not null,
  unique (price_list_id, custom_name)
);

-- What every change of a model's row was; written by the trigger, never by hand.
create table cost_model_audit (
  id bigint generated always as identity primary key,
  operation text not null,
  audit_timestamp timestamptz not null,
  provider_uuids uuid[],
  uuid uuid not null,
  name text not null,
  description text not null,
  source_type text not null,
  created_timestamp timestamptz not null,
  updated_timestamp timestamptz not null,
  rates jsonb not null,
  markup jsonb not null,
  distribution text not null,
  distribution_info jsonb not null,
  currency text not null
);

create function audit_cost_model() returns trigger language plpgsql as $$
declare
  row_of cost_model := case when tg_op = 'DELETE' then old else new end;
begin
  insert into cost_model_audit (
    operation, audit_timestamp, provider_uuids, uuid, name, description, source_type,
    created_timestamp, updated_timestamp, rates, markup, distribution, distribution_info, currency)
  values (
    tg_op, clock_timestamp(),
    (select array_agg(provider_uuid order by provider_uuid) from cost_model_map
      where cost_model_id = row_of.uuid),
    row_of.uuid, row_of.name, row_of.description, row_of.source_type, row_of.created_timestamp,
    row_of.updated_timestamp, row_of.rates, row_of.markup, row_of.distribution,
    row_of.distribution_info, row_of.currency);
  return null;
end $$;

create trigger cost_model_audit after insert or update or delete on cost_model
  for each row execute function audit_cost_model();
