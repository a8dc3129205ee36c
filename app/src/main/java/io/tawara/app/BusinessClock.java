package io.tawara.app;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The clock of the business: the machine's, or one that begins with a given instant and goes on
/// from there, so that a replay sees its day and time stamps still grow.
final class BusinessClock {
  private BusinessClock() {}

  static Clock beginning(Optional<Instant> now) {
    Clock machine = Clock.systemUTC();
    return now.map(instant -> Clock.offset(machine, Duration.between(machine.instant(), instant)))
        .orElse(machine);
  }
}
