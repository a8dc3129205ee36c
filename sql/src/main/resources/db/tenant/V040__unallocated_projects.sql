-- Projects that stand for what nobody used. They can be asked for by name; they belong to no cost group
-- by themselves.
alter table ocp_project add column unallocated boolean not null default false;
update ocp_project set unallocated = true
where project in ('Platform unallocated', 'Worker unallocated', 'GPU unallocated',
  'Storage unattributed', 'Network unattributed');
