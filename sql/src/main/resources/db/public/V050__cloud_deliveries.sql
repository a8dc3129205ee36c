-- What is fetched from clouds: docs/design/connectors.md
alter table manifest
  -- nothing older of the month is to be kept: a first ingestion, posted files
  add column whole_month boolean not null default false,
  -- BigQuery: the ingestion partition that the delivery holds
  add column partition_day date,
  -- how often the delivery was begun anew because its files changed
  add column retakes int not null default 0,
  add column ingress_report uuid;

alter table file
  -- where the original is in the object store
  add column object_key text,
  add column remote_modified timestamptz;
alter table file drop constraint file_state_check;
alter table file add constraint file_state_check check (state in
  ('expected', 'downloaded', 'processing', 'done', 'skipped', 'forwarded', 'quarantined'));

-- How asking a cloud went last. next_try: not before.
create table provider_poll (
  provider_uuid uuid primary key references api_provider (uuid) on delete cascade,
  attempted timestamptz not null,
  succeeded timestamptz,
  failures int not null default 0,
  next_try timestamptz,
  problem text,
  message text
);

-- Files that a customer filtered and posted.
create table ingress_report (
  uuid uuid primary key,
  created_timestamp timestamptz not null,
  completed_timestamp timestamptz,
  reports_list jsonb not null,
  source_uuid uuid not null,
  bill_year text not null,
  bill_month text not null,
  schema_name text not null,
  status text not null default 'pending'
);
create index ingress_report_source on ingress_report (source_uuid, bill_year, bill_month);
