package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.Run;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 before a system call that changes what a disk holds for good: strace puts the signal in
 * place of the n-th rename, removal or sync of a thread. The whole run has more such places than a
 * test has time for; each run takes others, by the seed that it prints.
 */
@Tag("root")
class KillEverywhereTest {
    private static final int KILLS = Integer.getInteger("gantry.test.kills", 9);
    private static final List<String> CALLS =
            List.of("rename,renameat,renameat2", "unlinkat,unlink", "fsync,fdatasync,syncfs");

    @TempDir Path directory;
    private Path archive;
    private final TestImage first =
            TestImage.docker()
                    .layer(new TarBuilder().file("a", "content a"), Packing.PLAIN)
                    .layer(new TarBuilder().file("b", 0644, new byte[200_000]), Packing.PLAIN);
    private final TestImage second =
            TestImage.docker()
                    .layer(new TarBuilder().file("a", "content a"), Packing.PLAIN)
                    .layer(new TarBuilder().directory("d", 0755).file("d/c", "c"), Packing.PLAIN);

    @BeforeEach
    void writeArchive() throws IOException {
        archive = directory.resolve("images.tar");
        TarBuilder tar = new TarBuilder();
        List<String> entries = new ArrayList<>();
        for (TestImage image : List.of(first, second)) {
            List<String> layers = new ArrayList<>();
            image.blobs()
                    .forEach(
                            (digest, content) -> {
                                tar.file(digest.hex(), 0644, content);
                                if (!digest.equals(image.id())) {
                                    layers.add("\"" + digest.hex() + "\"");
                                }
                            });
            entries.add(
                    "{\"Config\":\"%s\",\"RepoTags\":[\"example.com/%s:1\"],\"Layers\":[%s]}"
                            .formatted(
                                    image.id().hex(),
                                    image == first ? "one" : "two",
                                    String.join(",", layers)));
        }
        tar.file("manifest.json", "[" + String.join(",", entries) + "]");
        Files.write(archive, tar.build());
    }

    @Test
    void everyStartIsConsistent() throws Exception {
        Run.require("strace");
        long seed = Long.getLong("gantry.test.seed", new Random().nextLong());
        System.out.println("seed of KillEverywhereTest: " + seed);
        Random random = new Random(seed);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            String calls = CALLS.get(i % CALLS.size());
            int number = 1 + random.nextInt(calls.startsWith("f") ? 60 : 40);
            Path at = Files.createDirectory(directory.resolve("run-" + i));
            boolean done = run(at, calls, number);
            killed += done ? 0 : 1;
            consistent(at, "killed at %d of %s, seed %d".formatted(number, calls, seed));
        }
        assertThat(killed).as("kills that hit").isGreaterThan(KILLS / 4);
    }

    /** Whether it came to its end. */
    private boolean run(Path at, String calls, int number) throws IOException {
        Process process =
                new ProcessBuilder(
                                "strace",
                                "-f",
                                "-o",
                                "/dev/null",
                                "-e",
                                "trace=" + calls,
                                "-e",
                                "inject=%s:signal=KILL:when=%d".formatted(calls, number),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ChurnProcess.class.getName(),
                                at.toString(),
                                archive.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.onExit().join().exitValue();
        boolean done = said.contains("DONE");
        assertThat(status).as(said).isEqualTo(done ? 0 : 128 + 9);
        return done;
    }

    private void consistent(Path at, String where) throws IOException {
        try (Database database = PullProcess.database(at)) {
            ImageStore store = PullProcess.store(at, database);
            List<CheckEvent> events = new ArrayList<>();
            store.check(false, events::add);
            assertThat(events).as(where).noneMatch(CheckEvent.Finding.class::isInstance);
            assertThat(Run.names(at.resolve("store/tmp"))).as(where).isEmpty();
            for (String container : Run.names(at.resolve("store/containers"))) {
                assertThat(store.rootfs(container).orElseThrow().lowers())
                        .as(where)
                        .hasSize(2)
                        .allMatch(Files::isDirectory);
            }
            try (InputStream in = Files.newInputStream(archive)) {
                assertThat(store.load(in)).as(where).hasSize(2);
            }
            assertThat(store.readFile(first.id(), "b", 200_000)).contains(new byte[200_000]);
            assertThat(store.readFile(second.id(), "d/c", 9)).isPresent();
            List.of("c1", "c2").forEach(store::discard);
            store.list().forEach(image -> store.remove(image.id().toString()));
            assertThat(Run.names(at.resolve("store/content/blobs/sha256"))).as(where).isEmpty();
            assertThat(Run.names(at.resolve("store/layers"))).as(where).containsExactly("empty");
            assertThat(Run.names(at.resolve("store/tmp"))).as(where).isEmpty();
            assertThat(store.usage().images().bytes()).as(where).isZero();
        }
    }
}
