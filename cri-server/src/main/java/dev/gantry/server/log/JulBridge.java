package dev.gantry.server.log;

import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Hands what libraries log by java.util.logging (gRPC does) to the daemon's log. */
final class JulBridge extends Handler {
    @Override
    public void publish(LogRecord entry) {
        String name = entry.getLoggerName();
        Logger log = LoggerFactory.getLogger(name == null ? "java.util.logging" : name);
        log.atLevel(level(entry.getLevel().intValue()))
                .setCause(entry.getThrown())
                .log(message(entry));
    }

    private static String message(LogRecord entry) {
        String message = entry.getMessage();
        if (message == null) {
            return "";
        }
        Object[] parameters = entry.getParameters();
        return parameters == null || parameters.length == 0
                ? message
                : MessageFormat.format(message, parameters);
    }

    private static Level level(int level) {
        if (level >= java.util.logging.Level.SEVERE.intValue()) {
            return Level.ERROR;
        }
        if (level >= java.util.logging.Level.WARNING.intValue()) {
            return Level.WARN;
        }
        return level >= java.util.logging.Level.INFO.intValue() ? Level.INFO : Level.DEBUG;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
