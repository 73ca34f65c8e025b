package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ExecResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
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
        return find(PLACES);
    }

    static Path find(List<Path> places) {
        return places.stream()
                .map(p -> p.resolve("criu"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "checkpoints need CRIU, which is not in "
                                                + places.stream()
                                                        .map(Path::toString)
                                                        .collect(Collectors.joining(", "))
                                                + " of this node: install the package criu (one"
                                                + " that knows the node's kernel)"));
    }

    /** A failure with the errors of CRIU's log, or else with what the command said. */
    static Failure failed(String what, ExecResult result, Path log) {
        String said = errors(log);
        if (said.isEmpty()) {
            said = new String(result.stderr(), StandardCharsets.UTF_8).strip();
        }
        return Failure.precondition(
                "%s: criu exited with %d: %s; \"criu check\" tells what it lacks on this node"
                        .formatted(what, result.exitCode(), shortened(said)));
    }

    /** The same failure with the errors of CRIU's log, when there are any. */
    static Failure explain(Failure failure, Path log) {
        String said = errors(log);
        return said.isEmpty()
                ? failure
                : new Failure(
                        Failure.Code.FAILED_PRECONDITION,
                        "criu: %s; \"criu check\" tells what it lacks on this node".formatted(said),
                        failure);
    }

    private static String errors(Path log) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return String.join(
                    "; ",
                    lines.filter(l -> l.contains("Error ("))
                            // Of CRIU itself, without the right to raise limits; it goes on.
                            .filter(l -> !l.contains("for self"))
                            .map(l -> l.substring(l.indexOf("Error (")))
                            .map(Criu::shortened)
                            .limit(ERRORS)
                            .toList());
        } catch (IOException | UncheckedIOException _) {
            return "";
        }
    }

    private static String shortened(String text) {
        return text.length() <= LINE ? text : text.substring(0, LINE) + "…";
    }
}
