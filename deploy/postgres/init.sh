#!/bin/sh
# Runs once, on an empty database: the roles and databases of Tawara and of the metastore's catalog. Tawara's role may make
# roles (one per tenant) and is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
  -v tawara="$DATABASE_PASSWORD" -v metastore="$METASTORE_DATABASE_PASSWORD" <<'SQL'
create role tawara login nosuperuser createrole password :'tawara';
create database tawara owner tawara;
create role metastore login nosuperuser password :'metastore';
create database metastore owner metastore;
SQL
