-- Nothing asks for a row by a number of its own.
alter table ocp_cloud_daily_summary drop column uuid;
