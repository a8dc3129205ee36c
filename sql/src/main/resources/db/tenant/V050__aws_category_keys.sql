-- Every AWS cost category that was ever seen; new ones are enabled.
create table reporting_awsenabledcategorykeys (
  uuid uuid primary key default gen_random_uuid(),
  key text not null unique check (length(key) <= 253),
  enabled boolean not null
);
