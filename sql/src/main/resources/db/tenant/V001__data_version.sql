-- One row: raised with every publication or settings change. Caches key on it.
create table data_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into data_version (version) values (1);
