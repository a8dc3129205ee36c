-- Had the rows of ocp_volume_by_project, since a claim is in one namespace.
drop table ocp_volume_by_cluster;
