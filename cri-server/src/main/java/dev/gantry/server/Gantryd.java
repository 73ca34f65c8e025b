package dev.gantry.server;

import dev.gantry.model.Failure;
import dev.gantry.server.config.CommandLine;
import dev.gantry.server.config.Settings;
import dev.gantry.server.log.Logging;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code gantryd}: reads its command line and configuration and runs until it is told to stop. */
public final class Gantryd {
    private static final int USAGE = 2;
    private static final int FAILED = 1;

    private Gantryd() {}

    public static void main(String[] arguments) throws InterruptedException {
        int code = run(List.of(arguments), System.out, System.err);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err)
            throws InterruptedException {
        CommandLine.Request request;
        try {
            request = CommandLine.parse(arguments, Version.VERSION);
        } catch (Failure e) {
            e.message().lines().forEach(line -> err.println("gantryd: " + line));
            return USAGE;
        }
        return switch (request) {
            case CommandLine.Request.Print print -> {
                out.print(print.text());
                out.flush();
                yield 0;
            }
            case CommandLine.Request.RemovePods remove -> removePods(remove.settings(), out);
            case CommandLine.Request.Run run -> serve(run);
        };
    }

    private static int serve(CommandLine.Request.Run run) throws InterruptedException {
        Settings settings = run.settings();
        Logging.apply(settings.logLevel(), settings.logFormat());
        Logger log = LoggerFactory.getLogger(Gantryd.class);
        Daemon daemon;
        try {
            daemon = Daemon.start(settings);
        } catch (Failure e) {
            log.atError().addKeyValue("error", e.message()).log("gantryd cannot start");
            return FAILED;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, log), "stop"));
        Notify.ready();
        log.atInfo()
                .addKeyValue("socket", settings.socket())
                .addKeyValue("remote", daemon.remoteAddress())
                .addKeyValue("root", settings.root())
                .addKeyValue("state", settings.state())
                .addKeyValue("config", run.file().map(Path::toString).orElse("built in"))
                .addKeyValue("metrics", daemon.metricsAddress())
                .addKeyValue("version", Version.VERSION)
                .addKeyValue("ms", ProcessTimes.sinceStart().toMillis())
                .log("ready");
        new CountDownLatch(1).await();
        return 0;
    }

    private static int removePods(Settings settings, PrintStream out) {
        Logging.apply(settings.logLevel(), settings.logFormat());
        try {
            int count = PodRemoval.run(settings);
            out.println("gantryd: " + count + " pods were removed");
            return 0;
        } catch (Failure e) {
            LoggerFactory.getLogger(Gantryd.class)
                    .atError()
                    .addKeyValue("error", e.message())
                    .log("pods remain");
            return FAILED;
        }
    }

    /**
     * SIGTERM and SIGINT end here. What runs in pods goes on. The process then ends with 0, since a
     * stop that was asked for is no failure, where the JVM would say 143.
     */
    private static void stop(Daemon daemon, Logger log) {
        Notify.stopping();
        log.atInfo().log("stopping; pods go on");
        daemon.close();
        log.atInfo().log("stopped");
        Runtime.getRuntime().halt(0);
    }
}
