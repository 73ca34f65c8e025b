package dev.gantry.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.gantry.server.config.Settings.LogFormat;
import dev.gantry.server.config.Settings.LogLevel;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up. It is found as logback's {@link Configurator} service, so logback looks for no
 * configuration file; {@link #apply} then follows the daemon's settings.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** Libraries that say too much at our levels. */
    private static final String[] CHATTY = {"io.netty", "io.grpc", "io.micrometer"};

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        setUp(context, LogLevel.INFO, LogFormat.LOGFMT);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Logs from the level up, in the format, and takes in what libraries log by java.util.logging.
     */
    public static void apply(LogLevel level, LogFormat format) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            context.reset();
            setUp(context, level, format);
        }
        java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new JulBridge());
        root.setLevel(java.util.logging.Level.WARNING);
    }

    private static void setUp(LoggerContext context, LogLevel level, LogFormat format) {
        LineEncoder encoder = new LineEncoder(format);
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(level.name()));
        root.addAppender(appender);
        for (String name : CHATTY) {
            context.getLogger(name).setLevel(Level.WARN);
        }
        // gRPC asks for TCP's keep-alive on every socket, and netty warns that ours has none.
        // A bus that goes away is told by the call that needed it.
        context.getLogger("org.freedesktop.dbus").setLevel(Level.OFF);
        context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    }
}
