-- What clouds bill, shared among the projects of the clusters that run on them:
-- docs/design/openshift-on-cloud.md

-- In which months a cluster was found on a cloud source.
create table ocp_cloud_month (
  source_uuid uuid not null,
  openshift_source_uuid uuid not null,
  month date not null,
  primary key (source_uuid, openshift_source_uuid, month)
);

-- source_uuid is the cloud source. account, code and region are what the cloud calls so: Azure's
-- subscription, service and location; GCP's billing account, service and region. net_cost is what is
-- raised onto OpenShift and what reports over all clouds show: amortised (AWS), pretax (Azure),
-- unblended and credit (GCP). raised_cost is net_cost with its markup as of the correlation.
create table ocp_cloud_daily_summary (
  uuid uuid not null default uuidv7(),
  usage_start date not null,
  usage_end date not null,
  source_uuid uuid not null,
  source_type text not null,
  openshift_source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  data_source text not null,
  namespace text,
  node text,
  persistentvolumeclaim text,
  persistentvolume text,
  storageclass text,
  resource_id text,
  cost_category_id bigint,
  tags jsonb,
  cost_category jsonb,
  usage_account_id text,
  account_alias text,
  account_name text,
  project_id text,
  project_name text,
  product_code text,
  product_family text,
  service_id text,
  sku_id text,
  sku_alias text,
  instance_type text,
  region text,
  availability_zone text,
  unit text,
  raw_currency text,
  invoice_month text,
  data_transfer_direction text,
  usage_amount numeric(33, 15),
  unblended_cost numeric(33, 15),
  markup_cost numeric(33, 15),
  blended_cost numeric(33, 15),
  markup_cost_blended numeric(33, 15),
  savingsplan_effective_cost numeric(33, 15),
  markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 15),
  markup_cost_amortized numeric(33, 15),
  credit_amount numeric(33, 15),
  net_cost numeric(33, 15),
  net_markup_cost numeric(33, 15),
  raised_cost numeric(33, 15),
  infrastructure_data_in_gigabytes numeric(33, 15),
  infrastructure_data_out_gigabytes numeric(33, 15)
) partition by range (usage_start);
create index ocp_cloud_daily_summary_source on ocp_cloud_daily_summary (source_uuid, usage_start);
create index ocp_cloud_daily_summary_cluster
  on ocp_cloud_daily_summary (openshift_source_uuid, usage_start);

-- The cloud source that a row's infrastructure cost was raised from; null for rows of usage.
alter table ocp_daily_summary add column raised_from uuid;

-- Rollups: io.tawara.analytics.summary.OnCloudRollups holds their definitions; a test compares them
-- with these tables.
create table ocp_cloud_cost_by_account (
  usage_start date not null, usage_end date not null, source_uuid uuid not null,
  source_type text not null, cluster_id text not null, cluster_alias text, cost_category_id bigint,
  raw_currency text, usage_account_id text, account_alias text, account_name text,
  unblended_cost numeric(33, 15), markup_cost numeric(33, 15),
  blended_cost numeric(33, 15), markup_cost_blended numeric(33, 15),
  savingsplan_effective_cost numeric(33, 15), markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 15), markup_cost_amortized numeric(33, 15),
  credit_amount numeric(33, 15), net_cost numeric(33, 15), net_markup_cost numeric(33, 15)
);
create index ocp_cloud_cost_by_account_source
  on ocp_cloud_cost_by_account (source_uuid, usage_start);

create table ocp_cloud_cost_by_region (
  like ocp_cloud_cost_by_account including defaults, region text, availability_zone text
);
create index ocp_cloud_cost_by_region_source on ocp_cloud_cost_by_region (source_uuid, usage_start);

create table ocp_cloud_cost_by_service (
  like ocp_cloud_cost_by_account including defaults, product_code text, product_family text,
  service_id text
);
create index ocp_cloud_cost_by_service_source
  on ocp_cloud_cost_by_service (source_uuid, usage_start);

create table ocp_cloud_cost_by_project (
  usage_start date not null, usage_end date not null, source_uuid uuid not null,
  source_type text not null, cluster_id text not null, cluster_alias text, cost_category_id bigint,
  raw_currency text, namespace text,
  unblended_cost numeric(33, 15), markup_cost numeric(33, 15),
  blended_cost numeric(33, 15), markup_cost_blended numeric(33, 15),
  savingsplan_effective_cost numeric(33, 15), markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 15), markup_cost_amortized numeric(33, 15),
  credit_amount numeric(33, 15), net_cost numeric(33, 15), net_markup_cost numeric(33, 15)
);
create index ocp_cloud_cost_by_project_source
  on ocp_cloud_cost_by_project (source_uuid, usage_start);

create table ocp_cloud_cost_by_node (
  usage_start date not null, usage_end date not null, source_uuid uuid not null,
  source_type text not null, cluster_id text not null, cluster_alias text, cost_category_id bigint,
  raw_currency text, node text,
  unblended_cost numeric(33, 15), markup_cost numeric(33, 15),
  blended_cost numeric(33, 15), markup_cost_blended numeric(33, 15),
  savingsplan_effective_cost numeric(33, 15), markup_cost_savingsplan numeric(33, 15),
  calculated_amortized_cost numeric(33, 15), markup_cost_amortized numeric(33, 15),
  credit_amount numeric(33, 15), net_cost numeric(33, 15), net_markup_cost numeric(33, 15)
);
create index ocp_cloud_cost_by_node_source on ocp_cloud_cost_by_node (source_uuid, usage_start);

create table ocp_cloud_compute_by_account (
  like ocp_cloud_cost_by_account including defaults, instance_type text, unit text,
  resource_id text, usage_amount numeric(33, 15)
);
create index ocp_cloud_compute_by_account_source
  on ocp_cloud_compute_by_account (source_uuid, usage_start);

create table ocp_cloud_storage_by_account (
  like ocp_cloud_cost_by_account including defaults, product_family text, unit text,
  usage_amount numeric(33, 15)
);
create index ocp_cloud_storage_by_account_source
  on ocp_cloud_storage_by_account (source_uuid, usage_start);
