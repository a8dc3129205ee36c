package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.organization.OrganizationCrawl;
import io.tawara.core.organization.OrganizationTree;
import io.tawara.core.organization.OrganizationTree.Account;
import io.tawara.core.organization.OrganizationTree.Unit;
import io.tawara.core.organization.Organizations;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks AWS for the names of a source's accounts and the organisation that they are in. What the
/// account does not allow is noted in the provider's context and not asked again.
final class CrawlOrganization implements WorkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CrawlOrganization.class);
  private static final int DEEPEST = 10;
  private static final int MOST_UNITS = 10_000;

  private final Database database;
  private final WorkQueue work;
  private final Credentials credentials;
  private final Aws aws;
  private final CloudConfig config;
  private final Clock clock;

  CrawlOrganization(
      Database database,
      WorkQueue work,
      Credentials credentials,
      Aws aws,
      CloudConfig config,
      Clock clock) {
    this.database = database;
    this.work = work;
    this.credentials = credentials;
    this.aws = aws;
    this.config = config;
    this.clock = clock;
  }

  /// Adds a crawl of every source of AWS that is active.
  void all() {
    database.run(
        connection -> {
          for (Provider provider : Providers.ofTypes(connection, List.of(ProviderType.AWS))) {
            if (provider.active() && !provider.paused()) {
              work.add(connection, OrganizationCrawl.item(provider.id(), null));
            }
          }
        });
  }

  @Override
  public void perform(WorkItem item) {
    UUID id = UUID.fromString(item.body().path("provider").asText());
    Optional<Provider> found =
        database
            .transaction(connection -> Providers.findUndeleted(connection, id))
            .filter(provider -> provider.type() == ProviderType.AWS);
    if (found.isEmpty()) {
      return; // folders have no organisation
    }
    Provider provider = found.get();
    JsonNode secret =
        database.transaction(connection -> credentials.ofProvider(connection, id)).orElseThrow();
    try (AwsSession session = aws.session(provider.dataSource(), secret, "CostManagementSession")) {
      if (allowed(provider, "aws_list_account_aliases")) {
        try {
          alias(provider, session, secret);
        } catch (CloudException refused) {
          notAllowed(provider, "aws_list_account_aliases", refused);
        }
      }
      if (allowed(provider, "crawl_hierarchy")) {
        try {
          store(provider, tree(session.calls()), item);
        } catch (CloudException refused) {
          notAllowed(provider, "crawl_hierarchy", refused);
        }
      }
    } catch (CloudException problem) {
      if (problem.problem().waitingHelps()) {
        throw problem;
      }
      // Polling tells people that the source does not work.
      LOG.warn("source {} has no organisation now: {}", provider.id(), problem.getMessage());
    }
  }

  private static boolean allowed(Provider provider, String what) {
    return provider.additionalContext().path(what).asBoolean(true);
  }

  /// @throws CloudException when it is another problem
  private void notAllowed(Provider provider, String what, CloudException refused) {
    if (refused.problem() != Problem.PERMISSION && refused.problem() != Problem.UNREADABLE) {
      throw refused;
    }
    LOG.info("source {}: {} is not possible: {}", provider.id(), what, refused.getMessage());
    database.run(
        connection -> {
          try (var update =
              connection.prepareStatement(
                  """
                  update public.api_provider
                  set additional_context = additional_context || jsonb_build_object(?::text, false)
                  where uuid = ?
                  """)) {
            update.setString(1, what);
            update.setObject(2, provider.id());
            update.executeUpdate();
          }
        });
  }

  /// The alias of the account that the role is in.
  private void alias(Provider provider, AwsSession session, JsonNode secret) {
    String[] arn = secret.path("role_arn").asText("").split(":", -1);
    Optional<String> alias = session.calls().accountAliases().stream().findFirst();
    if (arn.length > 4 && !arn[4].isEmpty() && alias.isPresent()) {
      database.runTenant(
          provider.tenant(),
          connection -> {
            Organizations.alias(connection, arn[4], alias.get());
            DataVersion.raise(connection);
          });
    }
  }

  private void store(Provider provider, OrganizationTree tree, WorkItem item) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate earliest =
        today.minusMonths(Math.max(0, config.initialMonths() - 1L)).withDayOfMonth(1);
    database.run(
        connection -> {
          if (CloudSources.lock(connection, provider.id())) {
            OrganizationCrawl.store(
                connection,
                work,
                provider,
                List.of(new OrganizationCrawl.Seen(today, tree)),
                Optional.of(earliest),
                item.requestId());
          }
        });
  }

  private static OrganizationTree tree(AwsCalls calls) {
    var units = new ArrayList<Unit>();
    for (JsonNode root : calls.organization("ListRoots", "{}", "Roots")) {
      below(calls, root, Optional.empty(), units, 0);
    }
    return new OrganizationTree(units);
  }

  private static void below(
      AwsCalls calls, JsonNode unit, Optional<String> parent, List<Unit> units, int depth) {
    if (depth > DEEPEST || units.size() > MOST_UNITS) {
      throw new CloudException(Problem.TOO_LARGE, "the organisation is too deep or too large");
    }
    String id = unit.path("Id").asText();
    String body = JsonNodeFactory.instance.objectNode().put("ParentId", id).toString();
    List<Account> accounts =
        calls.organization("ListAccountsForParent", body, "Accounts").stream()
            .map(
                account ->
                    new Account(account.path("Id").asText(), account.path("Name").asText(null)))
            .toList();
    var made = new Unit(id, unit.path("Name").asText(id), parent, accounts);
    units.add(made);
    for (JsonNode child :
        calls.organization("ListOrganizationalUnitsForParent", body, "OrganizationalUnits")) {
      below(calls, child, Optional.of(made.path()), units, depth + 1);
    }
  }
}
