package io.tawara.ingest.connect;

import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.organization.OrganizationCrawl;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// The bills of clouds, composed: what the worker performs and what recurs. See
/// `docs/design/connectors.md`.
public final class Clouds {
  private final CloudConfig config;
  private final PollSource poll;
  private final DownloadDelivery download;
  private final Polling polling;
  private final Connectors connectors;
  private final Aws aws;
  private final Azure azure;
  private final Gcp gcp;
  private final CrawlOrganization crawl;

  /// @param clock the business clock
  public Clouds(
      Database database,
      WorkQueue work,
      ObjectStore objects,
      Credentials credentials,
      CloudConfig config,
      Clock clock) {
    this(
        database,
        work,
        objects,
        credentials,
        config,
        clock,
        DefaultCredentialsProvider.builder().build());
  }

  /// @param own the credentials of Tawara itself at AWS
  Clouds(
      Database database,
      WorkQueue work,
      ObjectStore objects,
      Credentials credentials,
      CloudConfig config,
      Clock clock,
      AwsCredentialsProvider own) {
    this.config = config;
    this.aws = new Aws(config, own);
    this.azure = new Azure(config, clock);
    this.gcp = new Gcp(config);
    this.connectors = new Connectors(config, aws, azure, gcp);
    this.crawl = new CrawlOrganization(database, work, credentials, aws, config, clock);
    var sources =
        new CloudSources(database, work, credentials, connectors, config.platformSources(), clock);
    this.poll = new PollSource(database, work, sources, config, clock);
    this.download = new DownloadDelivery(database, work, objects, sources, config, clock);
    this.polling = new Polling(database, work, config, clock);
  }

  /// Handlers by kind of work.
  public Map<String, WorkHandler> handlers() {
    return Map.of(
        PollRequest.KIND, poll, DownloadDelivery.KIND, download, OrganizationCrawl.KIND, crawl);
  }

  /// Asks clouds whether sources work.
  public ProviderCheck check() {
    return new CloudCheck(connectors, aws, azure, gcp);
  }

  /// Who is asked when.
  Polling polling() {
    return polling;
  }

  /// What is done again and again, by the worker.
  public List<Worker.Recurring> recurring() {
    var all = new ArrayList<Worker.Recurring>();
    all.add(
        new Worker.Recurring(
            "retry-clouds", Schedules.fixedDelay(Duration.ofMinutes(1)), polling::again));
    if (config.scheduled()) {
      all.add(
          new Worker.Recurring(
              "crawl-organizations", Schedules.daily(LocalTime.MIDNIGHT), crawl::all));
      all.add(
          new Worker.Recurring(
              "poll-clouds", Schedules.fixedDelay(config.pollEvery()), polling::due));
    }
    return all;
  }
}
