package dev.gantry.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine to its end, with a deadline. */
final class Command {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /** How a program ended: its exit code and both its outputs. */
    record Result(List<String> command, int exitCode, String stdout, String stderr) {
        /** The result, or an AssertionError with everything the program said. */
        Result orFail() {
            if (exitCode != 0) {
                throw new AssertionError(
                        "%s exited with %d\n%s%s"
                                .formatted(String.join(" ", command), exitCode, stdout, stderr));
            }
            return this;
        }

        /** The first line of stdout, trimmed. */
        String line() {
            return stdout.strip();
        }
    }

    private Command() {}

    static Result run(String... command) {
        return run(Arrays.asList(command));
    }

    static Result run(List<String> command) {
        Path out = temp();
        Path err = temp();
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        "%s did not end in %s\n%s%s"
                                .formatted(
                                        String.join(" ", command), DEADLINE, read(out), read(err)));
            }
            return new Result(List.copyOf(command), process.exitValue(), read(out), read(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command, e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private static Path temp() {
        try {
            return Files.createTempFile("conformance", ".out");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
