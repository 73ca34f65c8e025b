package dev.gantry.imagestore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The field's programs, for tests that compare with them. */
public final class Run {
    private Run() {}

    /** Skips the test, with a word, where the program is not installed. */
    public static void require(String program) {
        boolean there =
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
        assumeTrue(there, program + " is not installed: apt-get install " + program);
    }

    /** What a command says, which must end well. */
    public static String ok(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("%s: %s", Arrays.toString(command), said)
                .isZero();
        return said;
    }

    /** The same, of a command in two parts. */
    public static String ok(String[] command, String... more) throws IOException {
        return ok(join(command, more));
    }

    public static String[] join(String[] command, String... more) {
        return Stream.of(command, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** The names in a directory, in order. */
    public static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }
}
