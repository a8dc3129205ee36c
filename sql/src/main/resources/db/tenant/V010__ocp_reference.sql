-- OpenShift periods and lists, tag registry, cost groups: docs/design/summaries.md

-- A calendar month of a cluster. report_period_end is the first day of the next month.
create table ocp_report_period (
  id bigint generated always as identity primary key,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  report_period_start date not null,
  report_period_end date not null,
  summary_data_creation_datetime timestamptz,
  summary_data_updated_datetime timestamptz,
  derived_cost_datetime timestamptz,
  unique (source_uuid, report_period_start)
);

create table ocp_cluster (
  source_uuid uuid primary key,
  cluster_id text not null,
  cluster_alias text
);
create index ocp_cluster_id on ocp_cluster (cluster_id);

-- Entries are completed (role, architecture), never changed.
create table ocp_node (
  id bigint generated always as identity primary key,
  source_uuid uuid not null,
  cluster_id text not null,
  node text not null,
  resource_id text not null default '',
  node_capacity_cpu_cores numeric(18, 2) not null,
  node_role text,
  architecture text,
  unique (source_uuid, node, resource_id, node_capacity_cpu_cores)
);

create table ocp_persistent_volume_claim (
  id bigint generated always as identity primary key,
  source_uuid uuid not null,
  cluster_id text not null,
  persistent_volume text not null,
  persistent_volume_claim text not null,
  csi_volume_handle text not null default '',
  unique (source_uuid, persistent_volume, persistent_volume_claim, csi_volume_handle)
);

create table ocp_project (
  id bigint generated always as identity primary key,
  source_uuid uuid not null,
  cluster_id text not null,
  project text not null,
  unique (source_uuid, project)
);

-- Every tag key that was ever seen. Ingestion adds keys and never changes one; settings switch them.
create table reporting_enabledtagkeys (
  uuid uuid primary key default gen_random_uuid(),
  key text not null check (length(key) <= 512),
  enabled boolean not null,
  provider_type text not null,
  unique (key, provider_type)
);

-- A child has one parent; a parent is never a child.
create table reporting_tagmapping (
  child_id uuid primary key references reporting_enabledtagkeys (uuid) on delete cascade,
  parent_id uuid not null references reporting_enabledtagkeys (uuid) on delete cascade,
  check (child_id <> parent_id)
);
create index reporting_tagmapping_parent on reporting_tagmapping (parent_id);

-- Cost groups; a namespace is an SQL LIKE pattern.
create table reporting_ocp_cost_category (
  id bigint generated always as identity primary key,
  name text not null unique,
  description text not null default '',
  source_type text not null default 'OCP',
  system_default boolean not null default false,
  label jsonb not null default '[]'
);
create table reporting_ocp_cost_category_namespace (
  id bigint generated always as identity primary key,
  namespace text not null unique,
  system_default boolean not null default false,
  cost_category_id bigint not null references reporting_ocp_cost_category (id) on delete cascade
);
insert into reporting_ocp_cost_category (name, description, source_type, system_default)
values ('Platform', 'Default OpenShift projects bucketed into a Platform group', 'OCP', true);
insert into reporting_ocp_cost_category_namespace (namespace, system_default, cost_category_id)
select pattern, true, id
from reporting_ocp_cost_category,
  unnest(array['openshift-%', 'kube-%', 'openshift', 'Platform unallocated']) as pattern
where name = 'Platform';

-- Values of enabled keys as they stand in the summary before tag mapping. Values accumulate within
-- a period; source_type tells pods' labels (Pod) from volumes' (Storage).
create table ocp_tag_value (
  report_period_id bigint not null references ocp_report_period (id) on delete cascade,
  source_uuid uuid not null,
  cluster_id text not null,
  cluster_alias text,
  data_source text not null,
  namespace text not null,
  node text not null,
  key text not null,
  value text not null,
  primary key (report_period_id, data_source, key, value, namespace, node)
);
create index ocp_tag_value_key on ocp_tag_value (key, value);

-- What is known about virtual machines in a month: as of its latest hour where the operator reports
-- them, else from their pods on the second-to-last day. Requests are those of a full day.
create table ocp_virtual_machine (
  source_uuid uuid not null,
  month date not null,
  namespace text not null,
  vm_name text not null,
  node text,
  pod_request_cpu_core_hours numeric(33, 15),
  pod_request_memory_gigabyte_hours numeric(33, 15),
  pod_labels jsonb not null default '{}',
  primary key (source_uuid, month, namespace, vm_name)
);
create table ocp_virtual_machine_claim (
  source_uuid uuid not null,
  month date not null,
  namespace text not null,
  persistentvolumeclaim text not null,
  vm_name text not null,
  primary key (source_uuid, month, namespace, persistentvolumeclaim, vm_name)
);
