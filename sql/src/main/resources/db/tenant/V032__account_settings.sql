-- At most one row each: what the organisation has set; absent or null means the default.
create table user_settings (
  only_row boolean primary key default true check (only_row),
  currency text,
  cost_type text
);

create table tenant_settings (
  only_row boolean primary key default true check (only_row),
  data_retention_months int check (data_retention_months between 3 and 120)
);
