-- What Azure and GCP bill as daily rows, and rollups: docs/design/summaries.md.

-- No report asks for these of AWS.
drop table aws_database_by_account;
drop table aws_network_by_account;

create table azure_daily_summary (
  uuid uuid not null default uuidv7(),
  source_uuid uuid not null,
  usage_start date not null,
  usage_end date not null,
  subscription_guid text not null,
  subscription_name text,
  resource_location text,
  instance_type text,
  service_name text,
  unit text,
  raw_currency text,
  usage_quantity numeric(24, 9),
  pretax_cost numeric(24, 9),
  markup_cost numeric(24, 9),
  instance_ids text[],
  instance_count int,
  tags jsonb not null
) partition by range (usage_start);
create index azure_daily_summary_source on azure_daily_summary (source_uuid, usage_start);

create table azure_cost_by_account (
  usage_start date not null, usage_end date not null, source_uuid uuid not null, raw_currency text,
  subscription_guid text not null, subscription_name text,
  pretax_cost numeric(24, 9), markup_cost numeric(24, 9)
);
create index azure_cost_by_account_source on azure_cost_by_account (source_uuid, usage_start);
create table azure_cost_by_location (
  like azure_cost_by_account including defaults, resource_location text
);
create index azure_cost_by_location_source on azure_cost_by_location (source_uuid, usage_start);
create table azure_cost_by_service (
  like azure_cost_by_account including defaults, service_name text
);
create index azure_cost_by_service_source on azure_cost_by_service (source_uuid, usage_start);
create table azure_compute_by_account (
  like azure_cost_by_account including defaults, instance_type text, unit text,
  usage_quantity numeric(24, 9)
);
create index azure_compute_by_account_source on azure_compute_by_account (source_uuid, usage_start);
create table azure_storage_by_service (
  like azure_cost_by_account including defaults, service_name text, unit text,
  usage_quantity numeric(24, 9)
);
create index azure_storage_by_service_source on azure_storage_by_service (source_uuid, usage_start);

create table gcp_daily_summary (
  uuid uuid not null default uuidv7(),
  source_uuid uuid not null,
  usage_start date not null,
  usage_end date not null,
  invoice_month text not null,
  account_id text not null,
  project_id text,
  project_name text,
  service_id text,
  service_alias text,
  sku_id text,
  sku_alias text,
  region text,
  instance_type text,
  unit text,
  line_item_type text,
  raw_currency text,
  usage_amount numeric(24, 9),
  unblended_cost numeric(24, 9),
  markup_cost numeric(24, 9),
  credit_amount numeric(24, 9),
  tags jsonb not null
) partition by range (usage_start);
create index gcp_daily_summary_source on gcp_daily_summary (source_uuid, usage_start);

create table gcp_cost_by_account (
  usage_start date not null, usage_end date not null, source_uuid uuid not null, raw_currency text,
  invoice_month text not null, account_id text not null,
  unblended_cost numeric(24, 9), markup_cost numeric(24, 9), credit_amount numeric(24, 9)
);
create index gcp_cost_by_account_source on gcp_cost_by_account (source_uuid, usage_start);
create table gcp_cost_by_project (
  like gcp_cost_by_account including defaults, project_id text, project_name text
);
create index gcp_cost_by_project_source on gcp_cost_by_project (source_uuid, usage_start);
create table gcp_cost_by_region (like gcp_cost_by_account including defaults, region text);
create index gcp_cost_by_region_source on gcp_cost_by_region (source_uuid, usage_start);
create table gcp_cost_by_service (
  like gcp_cost_by_account including defaults, service_id text, service_alias text
);
create index gcp_cost_by_service_source on gcp_cost_by_service (source_uuid, usage_start);
create table gcp_compute_by_account (
  like gcp_cost_by_account including defaults, instance_type text, unit text,
  usage_amount numeric(24, 9)
);
create index gcp_compute_by_account_source on gcp_compute_by_account (source_uuid, usage_start);
create table gcp_storage_by_project (
  like gcp_cost_by_account including defaults, project_id text, project_name text, service_id text,
  service_alias text, region text, unit text, usage_amount numeric(24, 9)
);
create index gcp_storage_by_project_source on gcp_storage_by_project (source_uuid, usage_start);

-- What a GCP source was ever seen to have, as it is billed: blanks stay.
create table gcp_topology (
  source_uuid uuid not null,
  account_id text not null,
  project_id text not null,
  project_name text not null,
  service_id text not null,
  service_alias text not null,
  region text not null,
  primary key (source_uuid, account_id, project_id, service_id, region)
);
