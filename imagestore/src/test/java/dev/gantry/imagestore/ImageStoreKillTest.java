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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
