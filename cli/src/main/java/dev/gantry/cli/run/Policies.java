package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.v1.LogOptions;
import dev.gantry.proto.v1.RestartPolicy;
import dev.gantry.proto.v1.RestartPolicy.Condition;
import java.util.Map;

/**
 * {@code --restart}, and what is kept of the output: {@code --log-driver} and {@code --log-opt}.
 */
public final class Policies {
    private static final String RESTART = "--restart";

    private Policies() {}

    /** {@code no}, {@code on-failure[:N]}, {@code always} or {@code unless-stopped}. */
    public static RestartPolicy restart(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        Condition condition =
                switch (name) {
                    case "", "no" -> Condition.NO;
                    case "on-failure" -> Condition.ON_FAILURE;
                    case "always" -> Condition.ALWAYS;
                    case "unless-stopped" -> Condition.UNLESS_STOPPED;
                    default ->
                            throw Wrong.value(
                                    RESTART,
                                    text,
                                    "invalid restart policy: unknown policy '%s'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
                                            .formatted(name));
                };
        RestartPolicy.Builder policy = RestartPolicy.newBuilder().setCondition(condition);
        if (colon >= 0) {
            if (condition != Condition.ON_FAILURE) {
                throw Wrong.value(
                        RESTART,
                        text,
                        "invalid restart policy: maximum retry count can only be used with 'on-failure'");
            }
            policy.setMaximumRetries(count(RESTART, text, text.substring(colon + 1)));
        }
        return policy.build();
    }

    static LogOptions log(Arguments given) {
        String driver = given.value("log-driver");
        switch (driver) {
            case "", "json-file", "local", "k8s-file", "none" -> {}
            default ->
                    throw Wrong.value(
                            "--log-driver",
                            driver,
                            "there is no such log driver here; json-file, local and k8s-file keep the output in the CRI's form for"
                                    + " \"gantry logs\", and none does not keep it");
        }
        LogOptions.Builder log = LogOptions.newBuilder().setDriver(driver);
        for (Map.Entry<String, String> option :
                NameValues.whole("--log-opt", given.list("log-opt")).entrySet()) {
            switch (option.getKey()) {
                case "max-size" -> log.setMaxSize(size(option.getValue()));
                case "max-file" -> log.setMaxFiles(files(option.getValue()));
                default ->
                        throw Wrong.value(
                                "--log-opt",
                                option.getKey(),
                                "unknown log opt '%s' for the log driver; there are max-size and max-file"
                                        .formatted(option.getKey()));
            }
        }
        if (driver.equals("none") && !given.list("log-opt").isEmpty()) {
            throw new UsageError(
                    "--log-opt is of no use with --log-driver none, which keeps no output");
        }
        if (log.getMaxFiles() > 1 && log.getMaxSize() == 0) {
            throw Wrong.value(
                    "--log-opt", "max-file", "it needs max-size, too: files change at a size");
        }
        return log.build();
    }

    private static long size(String text) {
        long size = text.equals("-1") ? -1 : Sizes.bytes("--log-opt max-size", text);
        if (size == 0) {
            throw Wrong.value(
                    "--log-opt", "max-size", "it must be a positive size such as 10m, or -1");
        }
        return size;
    }

    private static int files(String text) {
        int count = count("--log-opt", "max-file", text);
        if (count == 0) {
            throw Wrong.value("--log-opt", "max-file", "max-file cannot be less than 1");
        }
        return count;
    }

    private static int count(String option, String text, String number) {
        try {
            int count = Integer.parseInt(number);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Wrong.value(
                option, text, "'" + number + "' must be a whole number that is not negative");
    }
}
