-- What the cost engine reads from line items, for both dialects. Parameters: source, year, month,
-- start, end (days). Each select fills the temporary table of the same name.

-- name: cost_vm
select usage_start, vm_name, node, vm_cpu_request_cores as cores,
  max(resource_id) as resource_id, sum(vm_uptime_total_seconds) as seconds,
  max(last_interval) as last_interval
from @lines(openshift_vm_usage_line_items_daily) line
where @lines_of(line)
group by usage_start, vm_name, node, vm_cpu_request_cores

-- name: cost_gpu
select usage_start, node, namespace, gpu_uuid, mig_instance_id, gpu_model_name as model,
  gpu_vendor_name as vendor, gpu_memory_capacity_mib as memory_mib, mig_profile, mig_slice_count,
  gpu_max_slices, mig_strategy, mig_memory_capacity_mib as mig_memory_mib,
  gpu_pod_uptime as uptime
from @lines(openshift_gpu_usage_line_items_daily) line
where @lines_of(line)

-- name: cost_node_label
select usage_start, node, node_labels as labels, sum(label_hours) as hours
from @lines(openshift_node_labels_line_items_daily) line
where @lines_of(line) and node_labels like '%"nvidia_com_gpu_present": "True"%'
group by usage_start, node, node_labels

-- name: cost_namespace_label
select distinct usage_start, namespace, namespace_labels as labels
from @lines(openshift_namespace_labels_line_items_daily) line
where @lines_of(line) and namespace <> 'openshift' and namespace not like 'openshift-%'
  and namespace not like 'kube-%'
