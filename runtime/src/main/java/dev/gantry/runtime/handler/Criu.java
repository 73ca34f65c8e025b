package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ExecResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The program that dumps processes (criu.org), and what it says when it cannot. */
final class Criu {
    private static final List<Path> PLACES =
            Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                    .map(Path::of)
                    .toList();

    /** What is told of a log; CRIU's first error is the cause, those after it are what followed. */
    private static final int ERRORS = 3;

    private static final int LINE = 300;

    private Criu() {}

    /** Where it is installed; FAILED_PRECONDITION, naming what to install, when it is not. */
    static Path find() {
        return PLACES.stream()
                .map(p -> p.resolve("criu"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "checkpoints need CRIU, which is not installed on this"
                                                + " node: install the package criu (3.17 or newer,"
                                                + " as fits the kernel)"));
    }

    /** A failure with the errors of CRIU's log, or else with what the command said. */
    static Failure failed(String what, ExecResult result, Path log) {
        String said = errors(log);
        if (said.isEmpty()) {
            said = new String(result.stderr(), StandardCharsets.UTF_8).strip();
        }
        return Failure.precondition(
                "%s: criu exited with %d: %s; the whole of it is told by \"criu check\" on this node"
                        .formatted(what, result.exitCode(), shortened(said)));
    }

    private static String errors(Path log) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return String.join(
                    "; ",
                    lines.filter(l -> l.contains("Error ("))
                            .map(l -> l.substring(l.indexOf("Error (")))
                            .map(Criu::shortened)
                            .limit(ERRORS)
                            .toList());
        } catch (IOException _) {
            return "";
        }
    }

    private static String shortened(String text) {
        return text.length() <= LINE ? text : text.substring(0, LINE) + "…";
    }
}
