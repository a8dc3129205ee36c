-- Names of AWS accounts and the organisation they stand in: docs/design/connectors.md
create table aws_account_alias (
  id bigint generated always as identity primary key,
  account_id text not null unique check (length(account_id) <= 50),
  account_alias text
);

-- A unit is one row without an account, and one more per account directly in it, for the days
-- created_timestamp <= day and (deleted_timestamp is null or deleted_timestamp > day).
create table aws_organizational_unit (
  id bigint generated always as identity primary key,
  source_uuid uuid not null,
  org_unit_id text not null check (length(org_unit_id) <= 50),
  org_unit_name text not null check (length(org_unit_name) <= 250),
  -- ids from the root down to this unit, joined by &
  org_unit_path text not null,
  -- 0: the root
  level int not null,
  account_alias_id bigint references aws_account_alias (id),
  created_timestamp date not null,
  deleted_timestamp date check (deleted_timestamp >= created_timestamp)
);
create index aws_organizational_unit_source on aws_organizational_unit (source_uuid, account_alias_id);
create unique index aws_organizational_unit_current on aws_organizational_unit
  (source_uuid, org_unit_id, account_alias_id) nulls not distinct where deleted_timestamp is null;
