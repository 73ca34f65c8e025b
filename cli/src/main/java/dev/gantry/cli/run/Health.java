package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.v1.HealthCheck;
import java.util.List;
import java.util.Optional;

/** {@code --health-...} and {@code --no-healthcheck}. */
final class Health {
    private static final List<String> OPTIONS =
            List.of(
                    "health-cmd",
                    "health-interval",
                    "health-retries",
                    "health-start-interval",
                    "health-start-period",
                    "health-timeout");

    private Health() {}

    /** Absent when nothing was given: the image's holds. */
    static Optional<HealthCheck> check(Arguments given) {
        boolean any = OPTIONS.stream().anyMatch(given::given);
        if (given.flag("no-healthcheck")) {
            if (any) {
                throw new UsageError("--no-healthcheck conflicts with --health-* options");
            }
            return Optional.of(HealthCheck.newBuilder().addTest("NONE").build());
        }
        if (!any) {
            return Optional.empty();
        }
        HealthCheck.Builder check = HealthCheck.newBuilder();
        given.text("health-cmd")
                .filter(command -> !command.isEmpty())
                .ifPresent(command -> check.addTest("CMD-SHELL").addTest(command));
        long retries = given.number("health-retries");
        if (retries < 0 || retries > Integer.MAX_VALUE) {
            throw new UsageError("--health-retries cannot be negative");
        }
        return Optional.of(
                check.setIntervalNanos(nanos(given, "health-interval"))
                        .setTimeoutNanos(nanos(given, "health-timeout"))
                        .setStartPeriodNanos(nanos(given, "health-start-period"))
                        .setStartIntervalNanos(nanos(given, "health-start-interval"))
                        .setRetries((int) retries)
                        .build());
    }

    private static long nanos(Arguments given, String name) {
        Optional<String> text = given.text(name);
        long nanos = text.isPresent() ? Durations.nanos("--" + name, text.get()) : 0;
        if (nanos < 0) {
            throw new UsageError("--" + name + " cannot be negative");
        }
        if (nanos > 0 && nanos < 1_000_000) {
            throw new UsageError("--" + name + " cannot be less than 1ms");
        }
        return nanos;
    }
}
