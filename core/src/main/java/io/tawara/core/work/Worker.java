package io.tawara.core.work;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Performs durable work: one db-scheduler execution per key with waiting items. The execution is
/// the lease; an execution whose process died is revived by another.
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final int MAX_TRIES = 25;
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SWEEP = Duration.ofSeconds(1);

  /// Something that is done again and again, for example polling clouds.
  public record Recurring(String name, Schedule schedule, Runnable action) {}

  private final Database database;
  private final Map<String, WorkHandler> handlers;
  private static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

  private final Clock clock;
  private final Scheduler scheduler;

  /// @param clock the machine's clock, not the business clock: leases must really pass
  /// @param parallel how many keys are worked on at once
  public Worker(
      Database database,
      Map<String, WorkHandler> handlers,
      List<Recurring> recurring,
      Clock clock,
      int parallel) {
    this.database = database;
    this.handlers = Map.copyOf(handlers);
    this.clock = clock;
    Task<Void> drain =
        Tasks.custom(WorkQueue.TASK, Void.class)
            .onDeadExecutionRevive()
            // Only when the database went away under it: the item's own failures are recorded.
            .onFailure(new FailureHandler.OnFailureRetryLater<>(AFTER_OUTAGE))
            .execute(
                (instance, context) -> {
                  drain(instance.getId(), context.getSchedulerState()::isShuttingDown);
                  return this::finishOrWait;
                });
    var startup = new ArrayList<com.github.kagkarlsson.scheduler.task.helper.RecurringTask<Void>>();
    startup.add(
        Tasks.recurring("work-sweep", Schedules.fixedDelay(SWEEP))
            .execute((instance, context) -> sweep()));
    for (Recurring each : recurring) {
      startup.add(
          Tasks.recurring(each.name(), each.schedule())
              .execute((instance, context) -> each.action().run()));
    }
    this.scheduler =
        Scheduler.create(database.dataSource(), drain)
            .startTasks(startup)
            .threads(parallel + 1)
            .pollingInterval(POLL)
            .heartbeatInterval(Duration.ofSeconds(5))
            .missedHeartbeatsLimit(4)
            .commitWhenAutocommitDisabled(true)
            .clock(clock::instant)
            .shutdownMaxWait(Duration.ofSeconds(20))
            .build();
  }

  /// Begins to perform. Items that a dead process of this machine was performing are taken over
  /// when their lease ends.
  public void start() {
    scheduler.start();
  }

  private void drain(String key, java.util.function.BooleanSupplier stopping) {
    while (!stopping.getAsBoolean()) {
      Optional<Held> next = database.transaction(connection -> take(connection, key));
      if (next.isEmpty()) {
        return;
      }
      perform(next.get());
    }
  }

  private record Held(long id, int tries, WorkItem item) {}

  /// The head of the key, if it is due. An item left running by a dead process is the head again.
  private Optional<Held> take(Connection connection, String key) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select id, tries, kind, body, request_id, due <= ? from public.work
            where key = ? and state <> 'failed' order by id limit 1 for update
            """)) {
      select.setObject(
          1, java.time.OffsetDateTime.ofInstant(clock.instant(), java.time.ZoneOffset.UTC));
      select.setString(2, key);
      try (var rows = select.executeQuery()) {
        if (!rows.next() || !rows.getBoolean(6)) {
          return Optional.empty();
        }
        var item =
            new WorkItem(
                rows.getString(3), key, WorkQueue.parse(rows.getString(4)), rows.getString(5));
        var held = new Held(rows.getLong(1), rows.getInt(2) + 1, item);
        try (var update =
            connection.prepareStatement(
                "update public.work set state = 'running', tries = ?, started = now() where id"
                    + " = ?")) {
          update.setInt(1, held.tries());
          update.setLong(2, held.id());
          update.executeUpdate();
        }
        return Optional.of(held);
      }
    }
  }

  @SuppressWarnings("PMD.AvoidCatchingGenericException") // every failure becomes a recorded state
  private void perform(Held held) {
    WorkItem item = held.item();
    MDC.put("request_id", item.requestId());
    MDC.put("work", item.kind() + "#" + held.id());
    try {
      WorkHandler handler = handlers.get(item.kind());
      if (handler == null) {
        throw new IllegalStateException("no handler for work of kind " + item.kind());
      }
      handler.perform(item);
      database.run(connection -> delete(connection, held.id()));
    } catch (PostponedException later) {
      LOG.debug("work {} #{} waits: {}", item.kind(), held.id(), later.getMessage());
      database.run(c -> postpone(c, held.id(), clock.instant().plus(later.waiting())));
    } catch (Exception failure) {
      boolean again =
          failure instanceof TawaraException known && known.retryable() && held.tries() < MAX_TRIES;
      if (again) {
        Duration wait = backoff(held.tries());
        LOG.warn(
            "work {} #{} of {} failed ({}), retrying in {} s",
            item.kind(),
            held.id(),
            item.key(),
            failure.getMessage(),
            wait.toMillis() / 1000.0);
        database.run(c -> mark(c, held.id(), "queued", clock.instant().plus(wait), failure));
      } else {
        LOG.error("work {} #{} of {} failed", item.kind(), held.id(), item.key(), failure);
        database.run(c -> mark(c, held.id(), "failed", clock.instant(), failure));
      }
    } finally {
      MDC.remove("request_id");
      MDC.remove("work");
    }
  }

  private static Duration backoff(int tries) {
    Duration wait = FIRST_BACKOFF.multipliedBy(1L << Math.min(tries - 1, 12));
    return wait.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : wait;
  }

  private static void delete(Connection connection, long id) throws SQLException {
    try (var statement = connection.prepareStatement("delete from public.work where id = ?")) {
      statement.setLong(1, id);
      statement.executeUpdate();
    }
  }

  private static void postpone(Connection connection, long id, Instant due) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.work set state = 'queued', due = ?, tries = tries - 1 where id = ?")) {
      statement.setObject(1, java.time.OffsetDateTime.ofInstant(due, java.time.ZoneOffset.UTC));
      statement.setLong(2, id);
      statement.executeUpdate();
    }
  }

  private static void mark(
      Connection connection, long id, String state, Instant due, Exception failure)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.work set state = ?, due = ?, error = ? where id = ?")) {
      statement.setString(1, state);
      statement.setObject(2, java.time.OffsetDateTime.ofInstant(due, java.time.ZoneOffset.UTC));
      statement.setString(3, String.valueOf(failure.getMessage()));
      statement.setLong(4, id);
      statement.executeUpdate();
    }
  }

  private void finishOrWait(ExecutionComplete complete, ExecutionOperations<Void> operations) {
    String key = complete.getExecution().taskInstance.getId();
    Optional<Instant> next =
        database.transaction(
            connection -> {
              try (var statement =
                  connection.prepareStatement(
                      """
                      select due from public.work
                      where key = ? and state <> 'failed' order by id limit 1
                      """)) {
                statement.setString(1, key);
                try (var rows = statement.executeQuery()) {
                  return rows.next()
                      ? Optional.of(rows.getObject(1, java.time.OffsetDateTime.class).toInstant())
                      : Optional.empty();
                }
              }
            });
    if (next.isPresent()) {
      operations.reschedule(complete, next.get());
    } else {
      operations.remove();
    }
  }

  /// Wakes keys whose items were added while their execution was ending.
  private void sweep() {
    database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.executeUpdate(
                """
                insert into public.scheduled_tasks
                  (task_name, task_instance, execution_time, picked, version)
                select distinct 'work', key, now(), false, 1
                from public.work where state in ('queued', 'running')
                on conflict (task_name, task_instance) do nothing
                """);
          }
        });
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
