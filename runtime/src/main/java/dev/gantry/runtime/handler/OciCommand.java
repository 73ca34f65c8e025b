package dev.gantry.runtime.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.runtime.plan.LaunchStep;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** The command line of an OCI runtime, and what it writes into its log. */
record OciCommand(HandlerConfig.Oci config, Path log) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEADLINE_SECONDS = 60;

    /** Without a path of its own the runtime finds no helper programs. */
    private static final List<String> ENV =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    private List<String> line(List<String> arguments) {
        var line = new ArrayList<String>();
        line.add(config.binary().toString());
        line.addAll(
                List.of(
                        "--root",
                        config.root().toString(),
                        "--log",
                        log.toString(),
                        "--log-format",
                        "json"));
        line.addAll(arguments);
        return line;
    }

    /** The step that becomes the runtime. */
    LaunchStep.Exec step(List<String> arguments) {
        return new LaunchStep.Exec(List.of(config.binary().toString()), line(arguments), ENV);
    }

    /** Runs it from here and waits; the result is its exit code. */
    int run(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(line(arguments));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "%s %s did not end within %d s"
                                .formatted(
                                        config.binary(), arguments.getFirst(), DEADLINE_SECONDS));
            }
            return process.exitValue();
        } catch (IOException e) {
            throw Failure.of("run " + config.binary(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }

    /**
     * The failure with what the runtime said in its log, when it said anything; a command that
     * could not be invoked is told as such.
     */
    Failure explain(Failure failure) {
        return lastError().map(said -> said(said, failure)).orElseGet(() -> own(failure));
    }

    private Failure said(String said, Failure cause) {
        String message = config.binary().getFileName() + ": " + said;
        OptionalInt errno = RefusedCommand.errno(said);
        return errno.isPresent()
                ? Failure.command(message, errno.getAsInt(), cause)
                : new Failure(Failure.Code.FAILED_PRECONDITION, message, cause);
    }

    /** The command that the kernel refused was the runtime, which is not what was asked for. */
    private static Failure own(Failure failure) {
        return failure.commandErrno() == 0
                ? failure
                : Failure.precondition("start the OCI runtime: " + failure.message());
    }

    /** The last message of level error. */
    private Optional<String> lastError() {
        try {
            return Files.readAllLines(log).stream()
                    .flatMap(line -> message(line).stream())
                    .reduce((_, last) -> last);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> message(String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            return entry.path("level").asText().equals("error")
                    ? Optional.of(entry.path("msg").asText())
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
