-- Values of tags as they stand on what clouds bill for OpenShift, of labels and of the cloud's tags,
-- by month of the cloud source. account is the AWS account, the Azure subscription or the GCP billing
-- account.
create table ocp_cloud_tag_value (
  source_uuid uuid not null,
  source_type text not null,
  openshift_source_uuid uuid not null,
  month date not null,
  key text not null,
  value text not null,
  cluster_id text not null,
  cluster_alias text,
  namespace text not null,
  node text not null,
  account text not null,
  account_name text,
  project text not null,
  project_name text,
  primary key (source_uuid, month, key, value, openshift_source_uuid, namespace, node, account,
    project)
);
create index ocp_cloud_tag_value_key on ocp_cloud_tag_value (source_type, key, value);

-- What all clouds bill, at the grain and with the rounding of Koku's tables: asked only under
-- KOKU_PARITY.
create table ocp_all_cost_by_account (
  usage_start date not null, usage_end date not null, source_uuid uuid not null,
  source_type text not null, cluster_id text not null, cluster_alias text, cost_category_id bigint,
  raw_currency text, usage_account_id text, account_alias text, account_name text,
  net_cost numeric(33, 9), net_markup_cost numeric(33, 9)
);
create index ocp_all_cost_by_account_source on ocp_all_cost_by_account (source_uuid, usage_start);

create table ocp_all_cost_by_region (
  like ocp_all_cost_by_account including defaults, region text, availability_zone text
);
create index ocp_all_cost_by_region_source on ocp_all_cost_by_region (source_uuid, usage_start);

create table ocp_all_cost_by_service (
  like ocp_all_cost_by_account including defaults, product_code text, product_family text
);
create index ocp_all_cost_by_service_source on ocp_all_cost_by_service (source_uuid, usage_start);
