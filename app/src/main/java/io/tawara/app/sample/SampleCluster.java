package io.tawara.app.sample;

import java.util.ArrayList;
import java.util.List;

/// A cluster that does not exist: its nodes, projects, pods, claims, virtual machines and GPUs. It
/// follows from its name and size alone.
///
/// @param name of the cluster; its `cluster_id` in payloads
/// @param nodes 1 to 1,072
/// @param podsPerNode pods on a worker node at a time, about
public record SampleCluster(String name, int nodes, int podsPerNode) {
  /// The largest cluster.
  public static final int MOST_NODES = 1072;

  private static final List<String> PROJECTS =
      List.of(
          "payments",
          "storefront",
          "search",
          "analytics",
          "batch",
          "identity",
          "messaging",
          "reporting");
  private static final List<String> SYSTEM =
      List.of("openshift-monitoring", "openshift-ingress", "openshift-dns", "kube-system");
  private static final List<String> CONTROL_PLANE =
      List.of("openshift-kube-apiserver", "openshift-etcd");
  private static final long GIB = 1L << 30;

  public SampleCluster {
    if (nodes < 1 || nodes > MOST_NODES) {
      throw new IllegalArgumentException("nodes: 1 to " + MOST_NODES);
    }
    if (podsPerNode < 1 || podsPerNode > 500) {
      throw new IllegalArgumentException("pods per node: 1 to 500");
    }
    if (!name.matches("[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "cluster: lower-case letters, digits and dashes, at most 62");
    }
  }

  record Node(String name, String role, String instance, int cores, long memory) {}

  record Project(String name, String labels) {}

  /// @param milliCores requested
  /// @param memory requested, bytes
  /// @param from hour of the day in which it begins
  /// @param until hour of the day in which it has ended
  record Pod(
      String name,
      Project project,
      Node node,
      int milliCores,
      long memory,
      int from,
      int until,
      String labels,
      long seed) {}

  record Claim(Pod pod, String name, String volume, String storageClass, long capacity) {}

  record Machine(Pod pod, String name, int cores, long memory, int disks) {}

  record Gpu(Pod pod, String uuid, String model, int memoryMib, String migProfile) {}

  record Inventory(
      List<Node> nodes,
      List<Project> projects,
      List<Pod> pods,
      List<Claim> claims,
      List<Machine> machines,
      List<Gpu> gpus) {}

  private long seed() {
    return Mix.of(name);
  }

  Inventory inventory() {
    List<Node> all = makeNodes();
    List<Project> projects = makeProjects();
    var pods = new ArrayList<Pod>();
    List<Node> workers = all.stream().filter(node -> !node.role().equals("master")).toList();
    controlPlane(all, projects, pods);
    workloads(workers, projects, pods);
    var claims = claims(pods);
    var machines = machines(workers, projects, pods);
    var gpus = gpus(workers, projects, pods);
    return new Inventory(all, projects, List.copyOf(pods), List.copyOf(claims), machines, gpus);
  }

  private List<Node> makeNodes() {
    int masters = nodes >= 6 ? 3 : nodes >= 2 ? 1 : 0;
    int infra = nodes >= 10 ? 2 : 0;
    var all = new ArrayList<Node>();
    for (int i = 0; i < nodes; i++) {
      String role = i < masters ? "master" : i < masters + infra ? "infra" : "worker";
      long mixed = Mix.of(seed(), i);
      int cores = role.equals("worker") ? 8 << Mix.below(mixed, 2) : 8;
      all.add(
          new Node(
              "%s-%s-%d".formatted(name, role, i),
              role,
              "i-%016x".formatted(mixed),
              cores,
              cores * 4 * GIB));
    }
    return all;
  }

  private List<Project> makeProjects() {
    var all = new ArrayList<Project>();
    for (String project : PROJECTS) {
      all.add(project(project, "prod"));
    }
    for (int i = PROJECTS.size(); i < nodes / 3; i++) {
      all.add(project("team-%03d".formatted(i), i % 3 == 0 ? "dev" : "prod"));
    }
    all.add(project("virt-apps", "prod"));
    all.add(project("ml-training", "dev"));
    SYSTEM.forEach(project -> all.add(system(project)));
    CONTROL_PLANE.forEach(project -> all.add(system(project)));
    return List.copyOf(all);
  }

  private Project project(String project, String environment) {
    int center = 100 + Mix.below(Mix.of(Mix.of(project), 7), 9);
    return new Project(
        project,
        "label_env:%s|label_cost_center:%d|label_kubernetes_io_metadata_name:%s"
            .formatted(environment, center, project));
  }

  private static Project system(String project) {
    return new Project(
        project,
        "label_openshift_io_cluster_monitoring:true|label_kubernetes_io_metadata_name:" + project);
  }

  private static Project named(List<Project> projects, String wanted) {
    return projects.stream().filter(each -> each.name().equals(wanted)).findFirst().orElseThrow();
  }

  private void controlPlane(List<Node> all, List<Project> projects, List<Pod> pods) {
    for (Node node : all) {
      List<String> runs = node.role().equals("master") ? CONTROL_PLANE : SYSTEM;
      for (String project : runs) {
        String app = project.substring(project.indexOf('-') + 1);
        pods.add(
            pod(pods.size(), app + "-" + node.name(), named(projects, project), node, app, false));
      }
    }
  }

  private void workloads(List<Node> workers, List<Project> projects, List<Pod> pods) {
    List<Project> users =
        projects.stream()
            .filter(
                project ->
                    !project.name().startsWith("openshift-")
                        && !project.name().equals("kube-system")
                        && !project.name().equals("virt-apps")
                        && !project.name().equals("ml-training"))
            .toList();
    int count = workers.size() * podsPerNode;
    for (int i = 0; i < count; i++) {
      long mixed = Mix.of(seed() ^ 0x50D5L, i);
      // The first projects are larger than the last ones.
      int a = Mix.below(mixed, users.size());
      int b = Mix.below(Mix.of(mixed, 1), users.size());
      Project project = users.get(Math.min(a, b));
      String app =
          List.of("api", "worker", "web", "cache", "db").get(Mix.below(Mix.of(mixed, 2), 5));
      boolean job = Mix.below(Mix.of(mixed, 3), 8) == 0;
      String pod =
          "%s-%s-%s-%s"
              .formatted(
                  project.name(),
                  job ? "job" : app,
                  Mix.letters(Mix.of(mixed, 4), 9),
                  Mix.letters(Mix.of(mixed, 5), 5));
      pods.add(pod(pods.size(), pod, project, workers.get(i % workers.size()), app, job));
    }
  }

  private Pod pod(int number, String pod, Project project, Node node, String app, boolean job) {
    long mixed = Mix.of(seed() ^ 0x9EADL, number);
    int from = job ? Mix.below(Mix.of(mixed, 1), 20) : 0;
    int until = job ? Math.min(24, from + 1 + Mix.below(Mix.of(mixed, 2), 6)) : 24;
    int cores = 50 * (1 + Mix.below(Mix.of(mixed, 3), 30));
    long memory = (1 + Mix.below(Mix.of(mixed, 4), 16)) * (GIB / 4);
    String labels =
        "label_app:%s|label_component:%s|label_version:v%d|label_tier:%s"
            .formatted(
                project.name(),
                app,
                1 + Mix.below(Mix.of(mixed, 5), 4),
                List.of("gold", "silver", "bronze").get(Mix.below(Mix.of(mixed, 6), 3)));
    return new Pod(pod, project, node, cores, memory, from, until, labels, mixed);
  }

  private static List<Claim> claims(List<Pod> pods) {
    var all = new ArrayList<Claim>();
    for (Pod pod : pods) {
      if (pod.until() - pod.from() == 24 && Mix.below(Mix.of(pod.seed(), 11), 6) == 0) {
        long gib = 10L << Mix.below(Mix.of(pod.seed(), 12), 5);
        all.add(
            new Claim(
                pod,
                "data-" + pod.name(),
                "pvc-%016x".formatted(Mix.of(pod.seed(), 13)),
                Mix.below(Mix.of(pod.seed(), 14), 4) == 0 ? "io2-csi" : "gp3-csi",
                gib * GIB));
      }
    }
    return all;
  }

  private List<Machine> machines(List<Node> workers, List<Project> projects, List<Pod> pods) {
    var all = new ArrayList<Machine>();
    Project project = named(projects, "virt-apps");
    for (int i = 0; i < Math.max(2, nodes / 10); i++) {
      String machine = "vm-%s-%d".formatted(List.of("erp", "files", "legacy").get(i % 3), i);
      Node node = workers.get(i % workers.size());
      int cores = 2 << (i % 3);
      Pod base =
          pod(
              pods.size(),
              "virt-launcher-" + machine + "-" + Mix.letters(Mix.of(seed(), 900 + i), 5),
              project,
              node,
              "vm",
              false);
      var launcher =
          new Pod(
              base.name(),
              project,
              node,
              cores * 1000,
              cores * 2 * GIB,
              0,
              24,
              base.labels() + "|label_vm_kubevirt_io_name:" + machine,
              base.seed());
      pods.add(launcher);
      all.add(new Machine(launcher, machine, cores, cores * 2 * GIB, 1 + i % 2));
    }
    return List.copyOf(all);
  }

  private List<Gpu> gpus(List<Node> workers, List<Project> projects, List<Pod> pods) {
    var all = new ArrayList<Gpu>();
    Project project = named(projects, "ml-training");
    for (int i = 0; i < Math.max(2, nodes / 20); i++) {
      Pod pod =
          pod(
              pods.size(),
              "train-" + Mix.letters(Mix.of(seed(), 700 + i), 8),
              project,
              workers.get(workers.size() - 1 - i % workers.size()),
              "train",
              false);
      pods.add(pod);
      String uuid = "GPU-" + SampleIds.uuid(Mix.of(seed(), 800 + i));
      all.add(
          switch (i % 3) {
            case 0 -> new Gpu(pod, uuid, "A100", 40_960, "");
            case 1 -> new Gpu(pod, uuid, "Tesla T4", 15_360, "");
            default -> new Gpu(pod, uuid, "A100", 40_960, "3g.20gb");
          });
    }
    return List.copyOf(all);
  }
}
