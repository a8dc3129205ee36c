-- Customers, providers (what is ingested) and sources (what the API shows): docs/design/sources.md

create table api_customer (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  date_created timestamptz not null,
  date_updated timestamptz not null,
  account_id text unique check (length(account_id) <= 150),
  org_id text unique check (length(org_id) <= 36),
  schema_name text not null unique
);

-- Equal credentials share one row. They are encrypted; equality is by a keyed fingerprint.
create table api_providerauthentication (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  credentials bytea not null,
  key_id text not null,
  fingerprint bytea not null unique
);

create table api_providerbillingsource (
  id bigint generated always as identity primary key,
  uuid uuid not null unique default gen_random_uuid(),
  data_source jsonb not null unique
);

create table api_provider (
  uuid uuid primary key,
  name text not null check (length(name) <= 256),
  type text not null check (length(type) <= 50),
  authentication_id bigint references api_providerauthentication (id),
  billing_source_id bigint references api_providerbillingsource (id),
  customer_id bigint not null references api_customer (id),
  created_by text,
  setup_complete boolean not null default false,
  created_timestamp timestamptz not null,
  polling_timestamp timestamptz,
  data_updated_timestamp timestamptz,
  active boolean not null default true,
  paused boolean not null default false,
  infrastructure_id bigint,
  additional_context jsonb not null default '{}',
  -- the cluster id of an OpenShift provider: not a secret, and what payloads are found by
  cluster_id text,
  deleting boolean not null default false,
  unique (authentication_id, billing_source_id, customer_id)
);
create index api_provider_customer on api_provider (customer_id);
create index api_provider_cluster on api_provider (cluster_id) where cluster_id is not null;

-- The cloud that an OpenShift provider runs on.
create table api_providerinfrastructuremap (
  id bigint generated always as identity primary key,
  infrastructure_type text not null,
  infrastructure_provider_id uuid not null references api_provider (uuid),
  unique (infrastructure_type, infrastructure_provider_id)
);
alter table api_provider
  add foreign key (infrastructure_id) references api_providerinfrastructuremap (id) on delete set null;

create sequence api_sources_id as integer;
create sequence api_sources_offset;

create table api_sources (
  source_id integer primary key,
  source_uuid uuid unique,
  name text check (length(name) <= 256),
  auth_header text,
  "offset" bigint not null,
  account_id text,
  org_id text,
  source_type text not null default '',
  -- encrypted like api_providerauthentication.credentials; null: none known
  authentication bytea,
  key_id text,
  source_ref text,
  billing_source jsonb not null default '{}',
  koku_uuid text unique,
  provider_id uuid,
  paused boolean not null default false,
  pending_delete boolean not null default false,
  pending_update boolean not null default false,
  out_of_order_delete boolean not null default false,
  status jsonb default '{}',
  additional_context jsonb not null default '{}',
  updated_timestamp timestamptz not null
);
create index api_sources_org on api_sources (org_id, name, source_id);

-- Kafka messages that are written in the transaction of what they announce.
create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  headers jsonb not null,
  value text not null,
  created timestamptz not null default now(),
  request_id text
);
