package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@link StoreProcess} with a library before libc that writes down each call by which a disk
 * is changed, and kills the process in place of one of them, or half way through it.
 */
final class DiskCalls {
    private static final long PATIENCE_SECONDS = 180;

    private final Path library;
    private final List<String> java;

    private DiskCalls(Path library, List<String> java) {
        this.library = library;
        this.java = java;
    }

    /**
     * A call that was made.
     *
     * @param place by which the same call is found in another run
     * @param kind what it does, as {@code rename}
     * @param path below the root of the run
     * @param other where a rename leads to, else empty
     * @param result of the call, negative when it failed
     */
    record Call(String place, String kind, String path, String other, long result) {
        /** Calls of one kind in one part of the store. */
        String family() {
            return kind + " " + part(path) + (other.isEmpty() ? "" : " " + part(other));
        }

        private static String part(String path) {
            String[] names = path.split("/", -1);
            String last = names.length < 3 ? names[names.length - 1] : names[1];
            return path.startsWith("store/")
                    ? last.replaceAll("-[0-9a-f-]{36}", "")
                    : names[names.length - 1];
        }
    }

    /** How a run went: whether it came to its end, what it said, and what it did to the disk. */
    record Ended(boolean done, String said, List<Call> calls) {}

    /** Compiles the library; the test is skipped where there is no compiler. */
    static DiskCalls in(Path directory) throws IOException {
        Run.require("gcc");
        Path library = directory.resolve("diskcalls.so");
        Run.ok(
                "gcc -std=gnu17 -O1 -shared -fPIC -Wall -Wextra -Wshadow -Wconversion -Werror -o"
                        .split(" "),
                library.toString(),
                Path.of("src/test/c/diskcalls.c").toString(),
                "-ldl",
                "-pthread");
        return new DiskCalls(library, QuickJava.command(directory, StoreProcess.class));
    }

    /** Runs to the end. */
    Ended run(Path root, List<String> arguments) throws IOException {
        return whole(run(root, Map.of(), arguments));
    }

    /**
     * Runs to the end, and leaves copies of the directory as it was before each call, by the call's
     * number from 1 on: that is what a kill there would have left.
     */
    Ended run(Path root, Path states, List<String> arguments) throws IOException {
        return whole(run(root, Map.of("GANTRY_STATES", states.toString()), arguments));
    }

    private static Ended whole(Ended ended) {
        assertThat(ended.done()).as(ended.said()).isTrue();
        return ended;
    }

    /** Runs, and is killed when it comes by the place. */
    Ended run(Path root, String place, boolean torn, List<String> arguments) throws IOException {
        return run(
                root,
                torn
                        ? Map.of("GANTRY_KILL", place, "GANTRY_TORN", "1")
                        : Map.of("GANTRY_KILL", place),
                arguments);
    }

    private Ended run(Path root, Map<String, String> more, List<String> arguments)
            throws IOException {
        Path log = root.resolveSibling(root.getFileName() + ".calls");
        Path output = root.resolveSibling(root.getFileName() + ".said");
        List<String> command = new ArrayList<>(java);
        command.add(root.toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("LD_PRELOAD", library.toString());
        environment.put("GANTRY_ROOT", root.toRealPath().toString());
        environment.put("GANTRY_LOG", log.toString());
        environment.putAll(more);
        int status = status(builder.start());
        String said = Files.readString(output, StandardCharsets.UTF_8);
        boolean done = said.contains("DONE");
        assertThat(status).as("%s: %s", more, said).isEqualTo(done ? 0 : 128 + 9);
        List<Call> calls = Files.exists(log) ? parse(log) : List.of();
        Files.deleteIfExists(log);
        Files.delete(output);
        return new Ended(done, said, calls);
    }

    private static int status(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().onExit().join();
                throw new AssertionError("a process that should be killed or end hangs");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static List<Call> parse(Path log) throws IOException {
        return Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                .map(line -> line.split("\t", -1))
                .map(p -> new Call(p[0], p[1], p[2], p[3], Long.parseLong(p[4])))
                .toList();
    }
}
