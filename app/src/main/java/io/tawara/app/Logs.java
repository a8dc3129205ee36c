package io.tawara.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.tawara.app.settings.LogFormat;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;

/// How and where log lines are written. Until a command has read its settings, only warnings are,
/// to standard error.
public final class Logs extends ContextAwareBase implements Configurator {
  /// Context of an event that is on the line when it is known.
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{24} %msg%replace( [%mdc]){'"
          + " \\[\\]',''}%n%ex";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    apply(context, LogFormat.TEXT, "WARN", Optional.empty());
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// @param level of Tawara's own events; libraries tell warnings
  /// @param file where lines go instead of standard error
  static void configure(LogFormat format, String level, Optional<Path> file) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    apply(context, format, level, file);
  }

  private static void apply(
      LoggerContext context, LogFormat format, String level, Optional<Path> file) {
    OutputStreamAppender<ILoggingEvent> appender;
    if (file.isPresent()) {
      var toFile = new FileAppender<ILoggingEvent>();
      toFile.setFile(file.get().toString());
      appender = toFile;
    } else {
      var toConsole = new ConsoleAppender<ILoggingEvent>();
      toConsole.setTarget("System.err");
      appender = toConsole;
    }
    appender.setContext(context);
    appender.setName("log");
    appender.setEncoder(encoder(context, format));
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger("ROOT");
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger("io.tawara").setLevel(level(level));
    // Each tells every start and stop of the embedded broker as a warning.
    context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    context.getLogger("kafka").setLevel(Level.ERROR);
    context.getLogger("state.change.logger").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
    return switch (format) {
      case JSON -> {
        var json = new LogstashEncoder();
        json.setContext(context);
        json.setTimeZone("UTC");
        json.start();
        yield json;
      }
      case TEXT -> {
        var text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(TEXT);
        text.start();
        yield text;
      }
    };
  }

  private static Level level(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "DEBUG" -> Level.DEBUG;
      case "WARN", "WARNING" -> Level.WARN;
      case "ERROR" -> Level.ERROR;
      default -> Level.INFO;
    };
  }
}
