-- The tenant's own copy of its providers: tenant roles cannot read public.api_provider.
create table reporting_tenant_api_provider (
  uuid uuid primary key,
  name text not null,
  type text not null,
  provider_id uuid not null unique
);
