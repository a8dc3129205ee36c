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
          Optional.empty(),
          List.of(
              new Part("daily", new Identifier("aws_daily_summary"), true, false, true),
              new Part("ec2", new Identifier("aws_ec2_compute"), false, true, false)),
          AwsRollups.ALL,
          List.of("add_category_values", "drop_category_values"));

  /// All of them.
  public static final List<BillDefinition> ALL = List.of(AWS);

  private Bills() {}

  /// How the bill of a provider type is summarised.
  public static Optional<BillDefinition> of(ProviderType type) {
    return ALL.stream().filter(bill -> bill.type() == type.base()).findFirst();
  }
}
