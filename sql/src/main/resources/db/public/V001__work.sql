-- Durable work: docs/design/work.md
create table scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea,
  execution_time timestamptz not null,
  picked boolean not null,
  picked_by text,
  last_success timestamptz,
  last_failure timestamptz,
  consecutive_failures int,
  last_heartbeat timestamptz,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);

create table work (
  id bigint generated always as identity primary key,
  kind text not null,
  key text not null,
  body jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'failed')),
  tries int not null default 0,
  due timestamptz not null default now(),
  created timestamptz not null default now(),
  started timestamptz,
  error text,
  request_id text
);
create index work_key on work (key, id);

create table api_tenant (
  schema_name text primary key,
  created timestamptz not null default now()
);
