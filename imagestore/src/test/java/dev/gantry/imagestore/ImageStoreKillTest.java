package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 of a process that pulls, when the registry has reached a certain point. */
@Tag("root")
class ImageStoreKillTest {
    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage image =
            TestImage.oci()
                    .layer(new TarBuilder().file("a", "first"), Packing.GZIP)
                    .layer(new TarBuilder().file("b", 0644, new byte[300_000]), Packing.PLAIN);

    @AfterEach
    void close() {
        registry.close();
    }

    private ImageReference reference() {
        return ImageReference.parse(registry.authority() + "/app:1");
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PullProcess.class.getName(),
                        directory.toString(),
                        reference().toString())
                .redirectErrorStream(true)
                .start();
    }

    private static void kill(Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Points, in the order in which a pull comes by. */
    @ParameterizedTest
    @ValueSource(strings = {"manifest", "config", "first layer", "half a layer"})
    void beforeTheRecord(String point) throws IOException {
        registry.serve("app", "1", image);
        CompletableFuture<Process> child = new CompletableFuture<>();
        boolean[] killed = new boolean[1];
        List<Digest> blobs = List.copyOf(image.blobs().keySet());
        String at =
                switch (point) {
                    case "manifest" -> "/manifests/" + image.manifestDigest();
                    case "config" -> "/blobs/" + image.id();
                    case "first layer" -> "/blobs/" + blobs.getFirst();
                    default -> "/blobs/" + blobs.get(1);
                };
        registry.rule(
                exchange -> {
                    if (killed[0] || !exchange.getRequestURI().getPath().endsWith(at)) {
                        return false;
                    }
                    if (point.startsWith("half")) {
                        half(exchange, image.blobs().getOrDefault(blobs.get(1), new byte[0]));
                    }
                    killed[0] = true;
                    kill(child.join());
                    return false;
                });
        Process process = start();
        child.complete(process);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(output).isEqualTo(128 + 9);
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = PullProcess.store(directory, database);
            assertThat(store.list()).isEmpty();
            assertThat(names("tmp")).isEmpty();
            assertThat(names("layers")).containsExactly("empty");
            check(store, store.pull(reference(), Optional.empty()));
        }
    }

    private static void half(HttpExchange exchange, byte[] blob) throws IOException {
        exchange.sendResponseHeaders(200, blob.length);
        exchange.getResponseBody().write(blob, 0, blob.length / 2);
        exchange.getResponseBody().flush();
    }

    /** What is on disk of a blob is not asked for again, up to a quarter of a mebibyte. */
    @Test
    void aBrokenDownloadGoesOnAfterAKill() throws IOException {
        byte[] content = new byte[2 << 20];
        new Random(1).nextBytes(content);
        TestImage large =
                TestImage.oci().layer(new TarBuilder().file("c", 0644, content), Packing.PLAIN);
        Digest layer = List.copyOf(large.blobs().keySet()).getFirst();
        byte[] blob = large.blobs().getOrDefault(layer, new byte[0]);
        registry.serve("app", "1", large);
        CompletableFuture<Process> child = new CompletableFuture<>();
        List<String> ranges = new CopyOnWriteArrayList<>();
        registry.rule(
                exchange -> {
                    if (!exchange.getRequestURI().getPath().endsWith("/blobs/" + layer)) {
                        return false;
                    }
                    String range = exchange.getRequestHeaders().getFirst("Range");
                    ranges.add(range == null ? "none" : range);
                    if (ranges.size() == 1) {
                        half(exchange, blob);
                        awaitSize(directory.resolve("store/content/partial"), blob.length / 2);
                        kill(child.join());
                    }
                    return false;
                });
        Process process = start();
        child.complete(process);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(output).isEqualTo(128 + 9);
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = PullProcess.store(directory, database);
            assertThat(store.list()).isEmpty();
            Image pulled = store.pull(reference(), Optional.empty());
            assertThat(store.readFile(pulled.id(), "/c", 2 << 20)).contains(content);
            assertThat(names("content/partial")).isEmpty();
        }
        assertThat(ranges).hasSize(2).first().isEqualTo("none");
        Matcher from = Pattern.compile("bytes=([0-9]+)-.*").matcher(ranges.getLast());
        assertThat(from.matches()).as(ranges.getLast()).isTrue();
        assertThat(Long.parseLong(from.group(1)))
                .isBetween(blob.length / 2 - (256L << 10) - 1, (long) blob.length / 2);
    }

    private static void awaitSize(Path partials, long size) {
        long limit = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < limit) {
            try (Stream<Path> files = Files.list(partials)) {
                for (Path file : files.toList()) {
                    if (Files.size(file) >= size) {
                        return;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(1_000_000);
        }
        throw new IllegalStateException("the download does not reach its half");
    }

    @Test
    void afterTheRecord() throws IOException {
        registry.serve("app", "1", image);
        Process process = start();
        StringBuilder output = new StringBuilder();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.equals("PULLED")) {
                    break;
                }
            }
        } finally {
            kill(process);
        }
        assertThat(output).contains("PULLED");
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = PullProcess.store(directory, database);
            assertThat(store.list()).hasSize(1);
            check(store, store.list().getFirst());
        }
    }

    private void check(ImageStore store, Image pulled) {
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(pulled.tags()).containsExactly(reference());
        assertThat(store.readFile(pulled.id(), "/a", 100))
                .contains("first".getBytes(StandardCharsets.UTF_8));
        assertThat(store.readFile(pulled.id(), "/b", 300_000)).contains(new byte[300_000]);
    }

    private List<String> names(String below) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store").resolve(below))) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
