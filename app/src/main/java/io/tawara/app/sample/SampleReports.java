package io.tawara.app.sample;

import io.tawara.app.sample.SampleCluster.Claim;
import io.tawara.app.sample.SampleCluster.Gpu;
import io.tawara.app.sample.SampleCluster.Inventory;
import io.tawara.app.sample.SampleCluster.Machine;
import io.tawara.app.sample.SampleCluster.Node;
import io.tawara.app.sample.SampleCluster.Pod;
import io.tawara.app.sample.SampleCluster.Project;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;

/// The rows of the operator's reports, one report per kind of thing and one row per thing and hour.
final class SampleReports {
  private static final String COMMON =
      "report_period_start,report_period_end,interval_start,interval_end,";
  private static final long HOUR = 3600;

  /// Rows of one hour.
  interface Rows {
    /// @return how many rows were written
    int write(CsvBytes out, byte[] interval, LocalDate day, int hour);
  }

  /// @param ros whether it goes to resource optimisation
  record Report(String header, Rows rows, boolean ros) {}

  private SampleReports() {}

  static List<Report> of(Inventory cluster, boolean resourceOptimisation) {
    var cost =
        List.of(
            new Report(
                COMMON
                    + "pod,namespace,node,resource_id,pod_usage_cpu_core_seconds,"
                    + "pod_request_cpu_core_seconds,pod_limit_cpu_core_seconds,"
                    + "pod_usage_memory_byte_seconds,pod_request_memory_byte_seconds,"
                    + "pod_limit_memory_byte_seconds,node_capacity_cpu_cores,"
                    + "node_capacity_cpu_core_seconds,node_capacity_memory_bytes,"
                    + "node_capacity_memory_byte_seconds,node_role,pod_labels",
                pods(cluster.pods()),
                false),
            new Report(
                COMMON
                    + "namespace,pod,node,persistentvolumeclaim,persistentvolume,storageclass,"
                    + "csi_driver,csi_volume_handle,persistentvolumeclaim_capacity_bytes,"
                    + "persistentvolumeclaim_capacity_byte_seconds,"
                    + "volume_request_storage_byte_seconds,persistentvolumeclaim_usage_byte_seconds,"
                    + "persistentvolume_labels,persistentvolumeclaim_labels",
                claims(cluster.claims()),
                false),
            new Report(COMMON + "node,node_labels", nodes(cluster.nodes()), false),
            new Report(COMMON + "namespace,namespace_labels", projects(cluster.projects()), false),
            new Report(
                COMMON
                    + "node,resource_id,namespace,vm_name,vm_instance_type,vm_os,vm_guest_os_arch,"
                    + "vm_guest_os_name,vm_guest_os_version,vm_uptime_total_seconds,"
                    + "vm_cpu_limit_cores,vm_cpu_limit_core_seconds,vm_cpu_request_cores,"
                    + "vm_cpu_request_core_seconds,vm_cpu_request_sockets,"
                    + "vm_cpu_request_socket_seconds,vm_cpu_request_threads,"
                    + "vm_cpu_request_thread_seconds,vm_cpu_usage_total_seconds,"
                    + "vm_memory_limit_bytes,vm_memory_limit_byte_seconds,vm_memory_request_bytes,"
                    + "vm_memory_request_byte_seconds,vm_memory_usage_byte_seconds,vm_device,"
                    + "vm_volume_mode,vm_persistentvolumeclaim_name,"
                    + "vm_disk_allocated_size_byte_seconds,vm_labels",
                machines(cluster.machines()),
                false),
            new Report(
                COMMON
                    + "node,namespace,pod,gpu_uuid,gpu_model_name,gpu_vendor_name,"
                    + "gpu_memory_capacity_mib,gpu_pod_uptime,mig_instance_id,mig_profile,"
                    + "mig_strategy",
                gpus(cluster.gpus()),
                false));
    if (!resourceOptimisation) {
      return cost;
    }
    return java.util.stream.Stream.concat(
            cost.stream(),
            java.util.stream.Stream.of(
                new Report(
                    COMMON
                        + "container_name,pod,owner_name,owner_kind,workload,workload_type,"
                        + "namespace,image_name,node,resource_id,cpu_request_container_avg,"
                        + "cpu_limit_container_avg,cpu_usage_container_avg,"
                        + "cpu_usage_container_min,cpu_usage_container_max,"
                        + "memory_request_container_avg,memory_limit_container_avg,"
                        + "memory_usage_container_avg,memory_usage_container_min,"
                        + "memory_usage_container_max",
                    containers(cluster.pods()),
                    true)))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Load of a pod in an hour in thousandths of what it requests: higher by day, lower at weekends.
  private static int load(Pod pod, LocalDate day, int hour) {
    int level = 250 + Mix.below(Mix.of(pod.seed(), 21), 500);
    boolean weekend =
        day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
    int byDay = hour >= 8 && hour < 20 ? 350 : 0;
    int noise = Mix.below(Mix.of(pod.seed(), day.toEpochDay() * 24 + hour), 200);
    return level + (weekend ? byDay / 4 : byDay) + noise;
  }

  private static Rows pods(List<Pod> pods) {
    int count = pods.size();
    byte[][] heads = new byte[count][];
    byte[][] tails = new byte[count][];
    for (int i = 0; i < count; i++) {
      Pod pod = pods.get(i);
      Node node = pod.node();
      heads[i] =
          bytes(
              "%s,%s,%s,%s"
                  .formatted(pod.name(), pod.project().name(), node.name(), node.instance()));
      tails[i] =
          bytes(
              ",%d,%d,%d,%d,%s,%s\n"
                  .formatted(
                      node.cores(),
                      node.cores() * HOUR,
                      node.memory(),
                      node.memory() * HOUR,
                      node.role(),
                      pod.labels()));
    }
    return (out, interval, day, hour) -> {
      int written = 0;
      for (int i = 0; i < count; i++) {
        Pod pod = pods.get(i);
        if (hour < pod.from() || hour >= pod.until()) {
          continue;
        }
        int load = load(pod, day, hour);
        long core = pod.milliCores() * 36L; // tenths of core-seconds that it requests in an hour
        long memory = pod.memory() * HOUR;
        out.put(interval)
            .put(heads[i])
            .tenths(core * load / 1000)
            .tenths(core)
            .tenths(core * 2)
            .number(memory / 1000 * (400 + load / 2))
            .number(memory)
            .number(memory * 2)
            .put(tails[i]);
        written++;
      }
      return written;
    };
  }

  private static Rows claims(List<Claim> claims) {
    return (out, interval, day, hour) -> {
      for (Claim claim : claims) {
        Pod pod = claim.pod();
        long used = claim.capacity() / 100 * (20 + Mix.below(Mix.of(pod.seed(), 31), 60));
        long growth = claim.capacity() / 4000 * (day.getDayOfMonth() - 1);
        out.put(interval)
            .put(
                "%s,%s,%s,%s,%s,%s,ebs.csi.aws.com,vol-%s"
                    .formatted(
                        pod.project().name(),
                        pod.name(),
                        pod.node().name(),
                        claim.name(),
                        claim.volume(),
                        claim.storageClass(),
                        claim.volume()))
            .number(claim.capacity())
            .number(claim.capacity() * HOUR)
            .number(claim.capacity() * HOUR)
            .number((used + growth) * HOUR)
            .put(
                ",label_storage_tier:%s,label_app:%s\n"
                    .formatted(
                        claim.storageClass().startsWith("io2") ? "fast" : "bulk",
                        pod.project().name()));
      }
      if (!claims.isEmpty()) { // a volume that nobody claims has neither claim nor pod
        out.put(interval)
            .put(",,,,pv-unclaimed,gp3-csi,ebs.csi.aws.com,vol-unclaimed,,,,,")
            .put("label_storage_tier:bulk,\n");
        return claims.size() + 1;
      }
      return 0;
    };
  }

  private static Rows nodes(List<Node> nodes) {
    return (out, interval, day, hour) -> {
      for (int i = 0; i < nodes.size(); i++) {
        Node node = nodes.get(i);
        out.put(interval)
            .put(
                "%s,label_node_role_kubernetes_io:%s|label_zone:%s|label_kubernetes_io_arch:amd64\n"
                    .formatted(node.name(), node.role(), "abc".charAt(i % 3)));
      }
      return nodes.size();
    };
  }

  private static Rows projects(List<Project> projects) {
    return (out, interval, day, hour) -> {
      for (Project project : projects) {
        out.put(interval).put(project.name() + "," + project.labels() + "\n");
      }
      return projects.size();
    };
  }

  private static Rows machines(List<Machine> machines) {
    return (out, interval, day, hour) -> {
      int written = 0;
      for (Machine machine : machines) {
        Node node = machine.pod().node();
        int load = load(machine.pod(), day, hour);
        for (int disk = 0; disk < machine.disks(); disk++) {
          // What belongs to the machine is on its first disk's row only, else it counted twice.
          long first = disk == 0 ? 1 : 0;
          long cores = machine.cores() * HOUR * first;
          out.put(interval)
              .put(
                  "%s,%s,virt-apps,%s,u1.%s,rhel.9,x86_64,Red Hat Enterprise Linux,9.5"
                      .formatted(
                          node.name(),
                          node.instance(),
                          machine.name(),
                          machine.cores() > 4 ? "2xlarge" : "large"))
              .number(HOUR * first)
              .number(machine.cores())
              .number(cores)
              .number(machine.cores())
              .number(cores)
              .number(1)
              .number(HOUR * first)
              .number(1)
              .number(HOUR * first)
              .tenths(cores * 10 * load / 1500)
              .number(machine.memory())
              .number(machine.memory() * HOUR * first)
              .number(machine.memory())
              .number(machine.memory() * HOUR * first)
              .number(machine.memory() / 10 * 7 * HOUR * first)
              .put(",disk%d,Block,%s-%d".formatted(disk, machine.name(), disk))
              .number((30L + 20L * disk) * (1L << 30) * HOUR)
              .put(",label_app:%s|label_env:prod\n".formatted(machine.name()));
          written++;
        }
      }
      return written;
    };
  }

  private static Rows gpus(List<Gpu> gpus) {
    return (out, interval, day, hour) -> {
      for (Gpu gpu : gpus) {
        Pod pod = gpu.pod();
        out.put(interval)
            .put(
                "%s,%s,%s,%s,%s,nvidia_com_gpu,%d"
                    .formatted(
                        pod.node().name(),
                        pod.project().name(),
                        pod.name(),
                        gpu.uuid(),
                        gpu.model(),
                        gpu.memoryMib()))
            .number(load(pod, day, hour) > 500 ? HOUR : HOUR / 2)
            .put(
                gpu.migProfile().isEmpty() ? ",,,\n" : ",1,%s,mixed\n".formatted(gpu.migProfile()));
      }
      return gpus.size();
    };
  }

  private static Rows containers(List<Pod> pods) {
    return (out, interval, day, hour) -> {
      int written = 0;
      for (Pod pod : pods) {
        if (hour < pod.from() || hour >= pod.until()) {
          continue;
        }
        int load = load(pod, day, hour);
        String workload = pod.name().substring(0, Math.max(1, pod.name().lastIndexOf('-')));
        out.put(interval)
            .put(
                "main,%s,%s,ReplicaSet,%s,deployment,%s,registry.example.com/%s:1,%s,%s"
                    .formatted(
                        pod.name(),
                        workload,
                        workload,
                        pod.project().name(),
                        pod.project().name(),
                        pod.node().name(),
                        pod.node().instance()))
            .put(",%.3f,%.3f".formatted(pod.milliCores() / 1e3, pod.milliCores() / 5e2))
            .put(
                ",%.3f,%.3f,%.3f"
                    .formatted(
                        pod.milliCores() * load / 1e6,
                        pod.milliCores() * load / 2e6,
                        pod.milliCores() * load / 8e5))
            .number(pod.memory())
            .number(pod.memory() * 2)
            .number(pod.memory() / 1000 * load)
            .number(pod.memory() / 2000 * load)
            .number(pod.memory() / 800 * load)
            .put('\n');
        written++;
      }
      return written;
    };
  }
}
