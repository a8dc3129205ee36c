package io.tawara.bench;

import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/// A Cost and Usage Report made on the fly: hourly rows of many resources over a month, with tags,
/// cost categories and the many columns that are mostly blank. The same number of rows gives the
/// same bytes.
final class GeneratedReport extends InputStream {
  private static final int BLANKS = 60;
  private static final int HOURS = 30 * 24;
  private static final String[] PRODUCTS = {"AmazonEC2", "AmazonRDS", "AmazonS3", "AWSLambda"};
  private static final String[] FAMILIES = {
    "Compute Instance", "Database Instance", "Storage", "Serverless"
  };
  private static final String[] INSTANCES = {"m5.large", "db.r5.xlarge", "", ""};
  private static final String[] REGIONS = {"us-east-1", "eu-west-1", "ap-south-1"};

  private final long rows;
  private final int resources;
  private final String[] hours = new String[HOURS + 1];
  private byte[] piece;
  private int at;
  private long made;
  private long cost;

  /// @param rows how many rows the report has beside its header
  GeneratedReport(long rows) {
    this.rows = rows;
    resources = (int) Math.max(1, (rows + HOURS - 1) / HOURS);
    for (int hour = 0; hour <= HOURS; hour++) {
      hours[hour] =
          "%sT%02d:00:00Z".formatted(LocalDate.of(2026, 10, 1).plusDays(hour / 24), hour % 24);
    }
    piece = header().getBytes(StandardCharsets.UTF_8);
  }

  private static String header() {
    var header =
        new StringBuilder(
            "bill/BillingEntity,bill/BillType,bill/PayerAccountId,bill/BillingPeriodStartDate,"
                + "bill/BillingPeriodEndDate,bill/InvoiceId,identity/LineItemId,"
                + "identity/TimeInterval,lineItem/LineItemType,lineItem/LegalEntity,"
                + "lineItem/LineItemDescription,lineItem/UsageAccountId,lineItem/UsageStartDate,"
                + "lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,"
                + "lineItem/Operation,lineItem/AvailabilityZone,lineItem/ResourceId,"
                + "lineItem/UsageAmount,lineItem/NormalizationFactor,"
                + "lineItem/NormalizedUsageAmount,lineItem/CurrencyCode,lineItem/UnblendedRate,"
                + "lineItem/UnblendedCost,lineItem/BlendedRate,lineItem/BlendedCost,"
                + "pricing/publicOnDemandCost,pricing/publicOnDemandRate,pricing/term,"
                + "pricing/unit,product/ProductName,product/productFamily,product/region,"
                + "product/instanceType,product/vcpu,product/memory,product/sku,"
                + "resourceTags/user:App,resourceTags/user:Environment,resourceTags/user:Team,"
                + "costCategory/Unit");
    for (int i = 0; i < BLANKS; i++) {
      header.append(",product/blank").append(i);
    }
    return header.append('\n').toString();
  }

  /// The unblended cost of the rows that were made so far, in dollars.
  BigDecimal cost() {
    return BigDecimal.valueOf(cost, 7);
  }

  /// Rows of an hour of all resources come together, as in a report.
  private byte[] next() {
    var out = new StringBuilder(1 << 16);
    for (int i = 0; i < 64 && made < rows; i++) {
      int hour = (int) (made / resources);
      int resource = (int) (made % resources);
      int kind = resource % PRODUCTS.length;
      long cents = 1 + (resource * 31L + hour * 7L) % 997;
      long tenMillionths = 1_000_000 + cents * 137;
      String cost = "0." + tenMillionths;
      this.cost += tenMillionths;
      out.append("AWS,Anniversary,111122223333,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,,")
          .append("id")
          .append(made)
          .append(',')
          .append(hours[hour])
          .append('/')
          .append(hours[hour + 1])
          .append(",Usage,\"Amazon Web Services, Inc.\",$0.096 per On Demand Linux Instance Hour,")
          .append(111_122_223_000L + resource % 40)
          .append(',')
          .append(hours[hour])
          .append(',')
          .append(hours[hour + 1])
          .append(',')
          .append(PRODUCTS[kind])
          .append(",BoxUsage:")
          .append(INSTANCES[kind])
          .append(",RunInstances,")
          .append(REGIONS[resource % 3])
          .append("a,i-")
          .append(Integer.toHexString(resource * 2_654_435))
          .append(",1,4,4,USD,0.096,")
          .append(cost)
          .append(",0.096,")
          .append(cost)
          .append(',')
          .append(cost)
          .append(",0.096,OnDemand,Hrs,Product ")
          .append(PRODUCTS[kind])
          .append(',')
          .append(FAMILIES[kind])
          .append(',')
          .append(REGIONS[resource % 3])
          .append(',')
          .append(INSTANCES[kind])
          .append(",2,8 GiB,SKU")
          .append(resource % 500)
          .append(",app-")
          .append(resource % 50)
          .append(',')
          .append(resource % 2 == 0 ? "prod" : "stage")
          .append(",team-")
          .append(resource % 12)
          .append(",unit-")
          .append(resource % 5)
          .append(",".repeat(BLANKS))
          .append('\n');
      made++;
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int from, int length) {
    if (at == piece.length) {
      if (made == rows) {
        return -1;
      }
      piece = next();
      at = 0;
    }
    int part = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, target, from, part);
    at += part;
    return part;
  }

  @Override
  public int available() {
    return piece.length - at;
  }

  @Override
  public String toString() {
    return made + " of " + rows + " rows, " + Arrays.toString(PRODUCTS);
  }
}
