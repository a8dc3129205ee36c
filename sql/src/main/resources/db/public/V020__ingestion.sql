-- What came in and what became of it: docs/design/ingestion.md

-- Uploads that the gateway acknowledged, or that another gateway announced.
create table upload (
  request_id text primary key,
  org_id text not null,
  account text,
  -- key in the object store's bucket; null while only a foreign gateway has the bytes
  object_key text,
  bytes bigint,
  identity text,
  state text not null default 'accepted'
    check (state in ('accepted', 'received', 'done', 'dropped', 'rejected')),
  reason text,
  accepted timestamptz not null default now(),
  announced timestamptz,
  received timestamptz,
  completed timestamptz
);
create index upload_accepted on upload (accepted) where state = 'accepted';

-- A delivery: one set of files that belongs together, possibly sent in several payloads.
create table manifest (
  id int generated always as identity primary key,
  provider_uuid uuid not null,
  schema_name text not null,
  assembly_id text not null,
  billing_period_start_datetime timestamptz not null,
  num_total_files int not null,
  creation_datetime timestamptz not null,
  export_datetime timestamptz,
  completed_datetime timestamptz,
  cluster_id text,
  cluster_channel text,
  operator_version text,
  operator_certified boolean,
  operator_airgapped boolean,
  operator_daily_reports boolean,
  operator_errors jsonb,
  -- as in the document, end adjusted to the month of start; year 1: the operator had no data
  start_datetime timestamptz,
  end_datetime timestamptz,
  -- days to be summarised: the covered ones and whatever else the files held
  first_day date,
  last_day date,
  -- day -> hours that the delivery claims to cover
  hours_per_day jsonb not null default '{}',
  -- step -> {"start", "end", "failed", "time_taken_seconds"}; steps download, processing, summary
  state jsonb not null default '{}',
  unique (provider_uuid, assembly_id)
);
create index manifest_period on manifest (provider_uuid, billing_period_start_datetime);

-- The ledger: one row per file that was announced or came in.
create table file (
  id bigint generated always as identity primary key,
  manifest_id int references manifest on delete cascade,
  provider_uuid uuid,
  org_id text not null,
  request_id text,
  name text not null,
  kind text not null check (kind in ('cost', 'resource_optimization', 'payload', 'entry')),
  report_type text,
  state text not null default 'expected'
    check (state in ('expected', 'processing', 'done', 'skipped', 'forwarded', 'quarantined')),
  -- object key or address (without its query) of the payload that held the file
  origin text,
  etag text,
  bytes bigint,
  rows_read bigint not null default 0,
  rows_written bigint not null default 0,
  rows_skipped bigint not null default 0,
  -- reason -> number of rows, values or days
  notes jsonb not null default '{}',
  tries int not null default 0,
  received timestamptz not null default now(),
  started timestamptz,
  completed timestamptz,
  error text,
  quarantine_key text,
  unique (manifest_id, name)
);
create index file_request on file (request_id);
create index file_provider on file (provider_uuid, received);

-- Which delivery fills which day: decides what a later delivery of the same day replaces.
create table day_slice (
  provider_uuid uuid not null,
  report_type text not null,
  usage_day date not null,
  manifest_id int not null references manifest on delete cascade,
  hours int not null,
  state text not null check (state in ('written', 'ignored', 'replaced')),
  primary key (provider_uuid, report_type, usage_day, manifest_id)
);
