package io.tawara.analytics.summary;

import io.tawara.analytics.summary.BillDefinition.Part;
import io.tawara.core.provider.ProviderType;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Optional;

/// The bills that can be summarised. A further cloud is a further value.
public final class Bills {
  /// AWS Cost and Usage Reports (`summaries` §4).
  public static final BillDefinition AWS =
      new BillDefinition(
          ProviderType.AWS,
          SqlTemplates.of("aws/summary"),
          List.of(
              new Part("daily", new Identifier("aws_daily_summary"), true, false, true),
              new Part("ec2", new Identifier("aws_ec2_compute"), false, true, false)),
          AwsRollups.ALL,
          List.of("add_category_values", "drop_category_values"));

  /// Azure cost exports (`summaries` §5).
  public static final BillDefinition AZURE =
      new BillDefinition(
          ProviderType.AZURE,
          SqlTemplates.of("azure/summary"),
          List.of(new Part("daily", new Identifier("azure_daily_summary"), true, false, true)),
          AzureRollups.ALL,
          List.of());

  /// GCP billing exports (`summaries` §6). Days of use are summarised whatever month they were
  /// invoiced in: the invoice month is a column.
  public static final BillDefinition GCP =
      new BillDefinition(
          ProviderType.GCP,
          SqlTemplates.of("gcp/summary"),
          List.of(new Part("daily", new Identifier("gcp_daily_summary"), true, false, true)),
          GcpRollups.ALL,
          List.of("add_topology"));

  /// All of them.
  public static final List<BillDefinition> ALL = List.of(AWS, AZURE, GCP);

  private Bills() {}

  /// How the bill of a provider type is summarised.
  public static Optional<BillDefinition> of(ProviderType type) {
    return ALL.stream().filter(bill -> bill.type() == type.base()).findFirst();
  }
}
