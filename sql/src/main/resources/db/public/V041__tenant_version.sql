-- What a tenant's schema was last brought to: a digest of all migrations and table definitions, null
-- when it has to be looked at.
alter table api_tenant add column migrated_to text;
