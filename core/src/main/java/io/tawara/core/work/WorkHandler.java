package io.tawara.core.work;

/// Performs one kind of work. Must be idempotent: after a crash the same item is performed again.
/// Throwing a retryable [io.tawara.core.error.TawaraException] tries again later with backoff; any
/// other exception marks the item as failed with its reason.
@FunctionalInterface
public interface WorkHandler {
  void perform(WorkItem item) throws Exception;
}
