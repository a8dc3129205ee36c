package io.tawara.ingest.bills;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.LandingStack;
import io.tawara.ingest.LandingStack.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exports whose columns change in the middle of the month: from some day on there is a further
/// column, another one is gone, and the order is a different one. Nothing is lost, in one delivery
/// of several files and in deliveries that follow each other.
class ChangingColumnsTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

  private static final String AWS_BEFORE =
      """
      identity/TimeInterval,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/UsageAmount,resourceTags/user:App
      2026-11-14T00:00:00Z/2026-11-14T01:00:00Z,1,2,2026-11-14T00:00:00Z,AmazonEC2,USD,1.5,1,shop
      2026-11-14T01:00:00Z/2026-11-14T02:00:00Z,1,2,2026-11-14T01:00:00Z,AmazonEC2,USD,2.25,1,shop
      """;
  private static final String AWS_AFTER =
      """
      lineItem/UnblendedCost,product/instanceType,identity/TimeInterval,newGroup/OfColumns,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/BlendedCost,lineItem/UsageAmount,resourceTags/user:Team,lineItem/CurrencyCode
      0.5,m5.large,2026-11-14T02:00:00Z/2026-11-14T03:00:00Z,x,1,2,2026-11-14T02:00:00Z,AmazonEC2,0.75,1,blue,USD
      4,m5.large,2026-11-15T00:00:00Z/2026-11-15T01:00:00Z,x,1,2,2026-11-15T00:00:00Z,AmazonEC2,5,2,blue,USD
      """;
  private static final String AWS_SUMS =
      """
      select usage_start, resourcetags, product_instancetype, sum(lineitem_unblendedcost),
        sum(lineitem_blendedcost), sum(lineitem_usageamount)
      from aws_line_items_daily group by 1, 2, 3 order by 1, 2
      """;
  private static final List<String> AWS_ALL =
      List.of(
          "2026-11-14|{\"App\": \"shop\"}||3.75|0|2",
          "2026-11-14|{\"Team\": \"blue\"}|m5.large|0.5|0.75|1",
          "2026-11-15|{\"Team\": \"blue\"}|m5.large|4|5|2");

  private static final String AZURE_BEFORE =
      """
      SubscriptionId,SubscriptionName,ResourceGroup,Date,MeterCategory,UnitOfMeasure,Quantity,CostInBillingCurrency,InstanceName,Tags,BillingCurrency
      s,Shop,g,2026-11-14,Storage,1 GB,2,1.5,/subscriptions/s/disk,"{""App"": ""shop""}",EUR
      """;
  private static final String AZURE_AFTER =
      """
      billingCurrency,costInBillingCurrency,costInUsd,quantity,date,meterCategory,serviceFamily,resourceGroupName,ResourceId,subscriptionId,tags,unitOfMeasure
      EUR,0.5,0.6,1,2026-11-14,Storage,Storage,g,/subscriptions/s/disk,s,"{""App"": ""shop""}",1 GB
      EUR,4,4.6,3,2026-11-15,Storage,Storage,g,/subscriptions/s/disk,s,"{""Team"": ""blue""}",1 GB
      """;
  private static final String AZURE_SUMS =
      """
      select usage_start, tags, subscriptionname, servicefamily, sum(costinbillingcurrency),
        sum(quantity), max(resourceid), max(resourcegroup)
      from azure_line_items group by 1, 2, 3, 4 order by 1, 4
      """;
  private static final List<String> AZURE_ALL =
      List.of(
          "2026-11-14|{\"App\": \"shop\"}|Shop||1.5|2|/subscriptions/s/disk|g",
          "2026-11-14|{\"App\": \"shop\"}||Storage|0.5|1|/subscriptions/s/disk|g",
          "2026-11-15|{\"Team\": \"blue\"}||Storage|4|3|/subscriptions/s/disk|g");

  private static final String GCP_BEFORE =
      """
      billing_account_id,service.id,service.description,sku.id,sku.description,usage_start_time,usage_end_time,project.id,project.name,labels,location.region,cost,currency,usage.amount_in_pricing_units,credits,invoice.month,cost_type,partition_date
      b,6F81,Compute Engine,CF4E,Core,2026-11-14T00:00:00,2026-11-14T01:00:00,p,P,[],us-east1,1.5,USD,1,[],202611,regular,2026-11-14
      """;
  private static final String GCP_AFTER =
      """
      currency,cost,partition_date,billing_account_id,service.id,service.description,sku.id,sku.description,price.effective_price,usage_start_time,usage_end_time,project.id,project.name,labels,resource.name,usage.amount_in_pricing_units,credits,invoice.month,cost_type
      USD,0.5,2026-11-14,b,6F81,Compute Engine,CF4E,Core,0.1,2026-11-14T02:00:00,2026-11-14T03:00:00,p,P,[],disk-1,1,[],202611,regular
      USD,4,2026-11-15,b,6F81,Compute Engine,CF4E,Core,0.1,2026-11-15T02:00:00,2026-11-15T03:00:00,p,P,"[{""key"": ""team"", ""value"": ""blue""}]",disk-1,2,[],202611,regular
      """;
  private static final String GCP_SUMS =
      """
      select usage_start, labels, location_region, resource_name, sum(cost),
        sum(usage_amount_in_pricing_units)
      from gcp_line_items_daily group by 1, 2, 3, 4 order by 1, 4
      """;
  private static final List<String> GCP_ALL =
      List.of(
          "2026-11-14|{}|us-east1||1.5|1",
          "2026-11-14|{}||disk-1|0.5|1",
          "2026-11-15|{\"team\": \"blue\"}||disk-1|4|2");

  @TempDir private Path staging;
  private LandingStack stack;

  @BeforeEach
  void start() {
    stack = new LandingStack(staging, Optional.empty(), TestServices.freshBuckets("columns"));
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void aws() throws Exception {
    changesInMidMonth(ProviderType.AWS_LOCAL, AWS_BEFORE, AWS_AFTER, AWS_SUMS, AWS_ALL);
    assertThat(stack.tenant("select key from reporting_enabledtagkeys order by 1"))
        .containsExactly("App", "Team");
  }

  @Test
  void azure() throws Exception {
    changesInMidMonth(ProviderType.AZURE_LOCAL, AZURE_BEFORE, AZURE_AFTER, AZURE_SUMS, AZURE_ALL);
  }

  @Test
  void gcp() throws Exception {
    changesInMidMonth(ProviderType.GCP_LOCAL, GCP_BEFORE, GCP_AFTER, GCP_SUMS, GCP_ALL);
  }

  /// The export of the first half, then that of the month so far: what came before stands in its
  /// own file, with its own columns.
  private void changesInMidMonth(
      ProviderType type, String before, String after, String sums, List<String> all)
      throws Exception {
    Provider provider = stack.provider(type);
    deliver(provider, "first", part("1.csv", before));
    assertThat(stack.tenant(sums)).hasSize(1).isSubsetOf(all);
    deliver(provider, "second", part("1.csv", before), part("2.csv", after));
    assertThat(stack.tenant(sums)).isEqualTo(all);
    assertThat(stack.ledger("select distinct state, coalesce(error, '') from public.file"))
        .containsExactly("done|");
  }

  private static Part part(String name, String content) {
    return new Part(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void deliver(Provider provider, String assembly, Part... parts) throws Exception {
    stack.convert(provider, stack.deliver(provider, assembly, NOVEMBER, List.of(parts)));
  }
}
