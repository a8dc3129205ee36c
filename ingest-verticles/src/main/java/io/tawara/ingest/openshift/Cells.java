package io.tawara.ingest.openshift;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What becomes of the text cells of operator reports before they are grouped (`data-formats`
/// §5.5).
final class Cells {
  private static final Set<String> ESCAPED =
      Set.of(
          "namespace",
          "pod",
          "node",
          "persistentvolumeclaim",
          "persistentvolume",
          "storageclass",
          "resource_id",
          "vm_name",
          "gpu_uuid",
          "gpu_model_name",
          "gpu_vendor_name",
          "csi_driver",
          "csi_volume_handle",
          "node_role",
          "vm_instance_type",
          "vm_os",
          "vm_device");

  private Cells() {}

  /// The cleaning of a column that is not a label column.
  static UnaryOperator<String> cleaning(String column) {
    return switch (column) {
      case "gpu_model_name" -> cell -> model(escaped(cell));
      case "gpu_vendor_name" -> cell -> vendor(escaped(cell));
      default -> ESCAPED.contains(column) ? Cells::escaped : Cells::withoutNul;
    };
  }

  static String escaped(String cell) {
    StringBuilder out = null;
    for (int i = 0; i < cell.length(); i++) {
      String replacement =
          switch (cell.charAt(i)) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#x27;";
            case '\0' -> "";
            default -> null;
          };
      if (replacement != null && out == null) {
        out = new StringBuilder(cell.length() + 16).append(cell, 0, i);
      }
      if (out != null) {
        if (replacement == null) {
          out.append(cell.charAt(i));
        } else {
          out.append(replacement);
        }
      }
    }
    return out == null ? cell : out.toString();
  }

  /// PostgreSQL stores no NUL in text.
  static String withoutNul(String cell) {
    return cell.indexOf('\0') < 0 ? cell : cell.replace("\0", "");
  }

  static String vendor(String cell) {
    return cell.equals("nvidia_com_gpu") ? "nvidia" : cell;
  }

  static String model(String cell) {
    return cell.replaceAll("[^A-Za-z0-9]+", " ").strip();
  }

  /// Reads a label text into its members, in order; of equal keys the last value stands.
  static Map<String, String> labels(String cell) {
    var labels = new LinkedHashMap<String, String>();
    int from = 0;
    while (from <= cell.length()) {
      int end = cell.indexOf('|', from);
      end = end < 0 ? cell.length() : end;
      int colon = cell.indexOf(':', from);
      if (colon >= 0 && colon < end) {
        int second = cell.indexOf(':', colon + 1);
        if (second < 0 || second >= end) {
          String key = cell.substring(from, colon).replace("label_", "");
          labels.put(key, cell.substring(colon + 1, end));
        }
      }
      from = end + 1;
    }
    return labels;
  }
}
