-- What AWS bills as daily rows, rollups, EC2 instances and tag values: docs/design/summaries.md.
-- io.tawara.analytics.summary.AwsRollups holds the rollups; a test compares them with these tables.
create table aws_daily_summary (
  uuid uuid not null default uuidv7(),
  source_uuid uuid not null,
  usage_start date not null,
  usage_end date not null,
  usage_account_id text not null,
  account_alias text,
  org_unit_id text,
  org_unit_path text,
  product_code text,
  product_family text,
  availability_zone text,
  region text,
  instance_type text,
  unit text,
  resource_ids text[],
  resource_count int,
  raw_currency text,
  usage_amount numeric(24, 9),
  normalization_factor double precision,
  normalized_usage_amount double precision,
  unblended_rate numeric(24, 9),
  unblended_cost numeric(24, 9),
  markup_cost numeric(24, 9),
  blended_rate numeric(24, 9),
  blended_cost numeric(24, 9),
  markup_cost_blended numeric(33, 15),
  public_on_demand_rate numeric(24, 9),
  public_on_demand_cost numeric(24, 9),
  savingsplan_effective_cost numeric(24, 9),
  markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 9),
  markup_cost_amortized numeric(33, 9),
  tags jsonb not null,
  cost_category jsonb
) partition by range (usage_start);
create index aws_daily_summary_source on aws_daily_summary (source_uuid, usage_start);

create table aws_cost_by_account (
  usage_start date not null, usage_end date not null, source_uuid uuid not null, raw_currency text,
  usage_account_id text not null, account_alias text, org_unit_id text, org_unit_path text,
  unblended_cost numeric(24, 9), markup_cost numeric(24, 9),
  blended_cost numeric(24, 9), markup_cost_blended numeric(33, 15),
  savingsplan_effective_cost numeric(24, 9), markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 9), markup_cost_amortized numeric(33, 9)
);
create index aws_cost_by_account_source on aws_cost_by_account (source_uuid, usage_start);

create table aws_cost_by_region (
  like aws_cost_by_account including defaults, region text, availability_zone text
);
create index aws_cost_by_region_source on aws_cost_by_region (source_uuid, usage_start);

create table aws_cost_by_service (
  like aws_cost_by_account including defaults, product_code text, product_family text
);
create index aws_cost_by_service_source on aws_cost_by_service (source_uuid, usage_start);

create table aws_compute_by_account (
  like aws_cost_by_account including defaults, instance_type text, unit text,
  usage_amount numeric(24, 9)
);
create index aws_compute_by_account_source on aws_compute_by_account (source_uuid, usage_start);

create table aws_storage_by_account (
  like aws_cost_by_account including defaults, product_family text, unit text,
  usage_amount numeric(24, 9)
);
create index aws_storage_by_account_source on aws_storage_by_account (source_uuid, usage_start);

create table aws_database_by_account (
  like aws_cost_by_account including defaults, product_code text, unit text,
  usage_amount numeric(24, 9)
);
create index aws_database_by_account_source on aws_database_by_account (source_uuid, usage_start);

create table aws_network_by_account (
  like aws_cost_by_account including defaults, product_code text, unit text,
  usage_amount numeric(24, 9)
);
create index aws_network_by_account_source on aws_network_by_account (source_uuid, usage_start);

-- One row per instance and month: what it is on its last day, what it cost in the month.
create table aws_ec2_compute (
  usage_start date not null,
  usage_end date not null,
  source_uuid uuid not null,
  resource_id text not null,
  usage_account_id text,
  account_alias text,
  org_unit_id text,
  org_unit_path text,
  instance_name text,
  instance_type text,
  operating_system text,
  region text,
  vcpu int,
  memory text,
  unit text,
  raw_currency text,
  tags jsonb not null,
  cost_category jsonb,
  usage_amount numeric(24, 9),
  normalization_factor double precision,
  normalized_usage_amount double precision,
  unblended_rate numeric(24, 9),
  unblended_cost numeric(24, 9),
  markup_cost numeric(24, 9),
  blended_rate numeric(24, 9),
  blended_cost numeric(24, 9),
  markup_cost_blended numeric(33, 15),
  public_on_demand_rate numeric(24, 9),
  public_on_demand_cost numeric(24, 9),
  savingsplan_effective_cost numeric(24, 9),
  markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 9),
  markup_cost_amortized numeric(33, 9)
);
create index aws_ec2_compute_source on aws_ec2_compute (source_uuid, usage_start);

-- Values of enabled tag keys as they stand in a cloud's daily rows before tag mapping. They
-- accumulate within a month of a source. account is the AWS account, the Azure subscription or the
-- GCP billing account; project is of GCP.
create table cloud_tag_value (
  provider_type text not null,
  source_uuid uuid not null,
  month date not null,
  key text not null,
  value text not null,
  account text not null default '',
  account_name text,
  project text not null default '',
  project_name text,
  primary key (source_uuid, month, key, value, account, project)
);
create index cloud_tag_value_key on cloud_tag_value (provider_type, key, value);

-- The same of AWS cost categories, whatever keys are enabled.
create table aws_category_value (
  source_uuid uuid not null,
  month date not null,
  key text not null,
  value text not null,
  account text not null default '',
  account_name text,
  primary key (source_uuid, month, key, value, account)
);
create index aws_category_value_key on aws_category_value (key, value);
