-- Cloud mode: which Parquet files hold the line items. This is what counts; the listing that Trino
-- reads is made from it: docs/design/landing.md
create table line_item_partition (
  provider_uuid uuid not null,
  schema_name text not null,
  table_name text not null,
  year text not null,
  month text not null,
  -- raised with every change of the partition's files
  version bigint not null default 1,
  -- the version that Trino sees
  published bigint not null default 0,
  primary key (provider_uuid, table_name, year, month)
);
create index line_item_partition_tenant on line_item_partition (schema_name, year, month);

create table line_item_file (
  object_key text primary key,
  provider_uuid uuid not null,
  table_name text not null,
  year text not null,
  month text not null,
  -- what is replaced as a whole within the month: a day of use, a partition day; blank: the month
  slice text not null,
  manifest_id int not null,
  rows bigint not null,
  bytes bigint not null,
  foreign key (provider_uuid, table_name, year, month) references line_item_partition
    on delete cascade
);
create index line_item_file_partition on line_item_file (provider_uuid, table_name, year, month);

-- Objects that are to go unless a transaction claims them: written and not committed yet, or
-- replaced and perhaps still being read.
create table line_item_garbage (
  object_key text primary key,
  due timestamptz not null
);
create index line_item_garbage_due on line_item_garbage (due);
