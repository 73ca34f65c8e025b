package dev.gantry.imagestore.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.testing.CuttingProxy;
import dev.gantry.imagestore.testing.Pusher;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CNCF's distribution 3 as a peer: pull, push in pieces, broken pushes, mounts, deleted images. */
@Tag("root")
@Tag("go")
class DistributionPeerTest {
    private static final int PIECE = 1 << 20;

    @TempDir static Path shared;
    private static RealRegistry registry;

    @TempDir Path directory;
    private Database database;
    private ImageStore store;

    @BeforeAll
    static void start() {
        registry = RealRegistry.distribution(shared);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                        directory.resolve("store"), directory.resolve("certs.d"))
                                .withRegistries(
                                        RegistryAccess.of(directory.resolve("certs.d"))
                                                .withUploadChunk(PIECE)),
                        database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static TestImage image(int seed) {
        byte[] random = new byte[5 << 20];
        new java.util.Random(seed).nextBytes(random);
        return TestImage.oci()
                .set("Cmd", List.of("/bin/run"))
                .layer(
                        new TarBuilder()
                                .file("data", new String(random, StandardCharsets.ISO_8859_1)),
                        Packing.ZSTD)
                .layer(new TarBuilder().file("etc/motd", "new"), Packing.GZIP);
    }

    private static ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    private Image pull(String rest) {
        return store.pull(reference(rest), Optional.empty());
    }

    private Map<Digest, State> push(ImageReference reference) {
        List<PushProgress> heard = new ArrayList<>();
        store.push(reference, Optional.empty(), heard::add);
        Map<Digest, State> states = new LinkedHashMap<>();
        heard.forEach(progress -> states.put(progress.digest(), progress.state()));
        return states;
    }

    private static void serve(String repository, TestImage image) {
        try (Pusher pusher = registry.pusher()) {
            pusher.push(repository, "1", image);
        }
    }

    @Test
    void whatItHasIsPulledMountedAndNotSentAgain() {
        TestImage image = image(1);
        serve("team/app", image);
        Image pulled = pull("team/app:1");
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(store.readFile(pulled.id(), "etc/motd", 10))
                .contains("new".getBytes(StandardCharsets.UTF_8));
        store.tag(pulled.id().toString(), reference("other/tool:1"));
        assertThat(push(reference("other/tool:1")))
                .containsEntry(image.manifestDigest(), State.SENT)
                .hasSize(4)
                .values()
                .filteredOn(State.MOUNTED::equals)
                .hasSize(3);
        // A name is written each time.
        assertThat(push(reference("other/tool:1")).values())
                .filteredOn(State.EXISTS::equals)
                .hasSize(3);
    }

    @Test
    void aPushThatIsBrokenGoesOn() throws IOException {
        TestImage image = image(2);
        try (RealRegistry source =
                        RealRegistry.open(Files.createDirectory(directory.resolve("s")));
                CuttingProxy broken = CuttingProxy.start(registry.port(), 700 << 10, 3)) {
            try (Pusher pusher = source.pusher()) {
                pusher.push("app", "1", image);
            }
            Image pulled =
                    store.pull(
                            ImageReference.parse(source.authority() + "/app:1"), Optional.empty());
            ImageReference there = ImageReference.parse(broken.authority() + "/broken/app:1");
            store.tag(pulled.id().toString(), there);
            assertThat(push(there).values()).containsOnly(State.SENT);
            assertThat(broken.cuts()).isZero();
        }
        store.remove(image.id().toString());
        assertThat(pull("broken/app:1").id()).isEqualTo(image.id());
    }

    @Test
    void whatWasDeletedIsNotFoundAndCanBePushedAgain() throws Exception {
        TestImage image = image(3);
        serve("gone/app", image);
        pull("gone/app:1");
        delete("gone/app/manifests/" + image.manifestDigest());
        assertThatThrownBy(() -> pull("gone/app:1"))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.NOT_FOUND))
                .hasMessageContaining("gone/app/manifests/1")
                .hasMessageContaining("MANIFEST_UNKNOWN");
        assertThat(push(reference("gone/app:1"))).containsEntry(image.manifestDigest(), State.SENT);
        assertThat(pull("gone/app:1").id()).isEqualTo(image.id());
    }

    private static void delete(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Void> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://"
                                                            + registry.authority()
                                                            + "/v2/"
                                                            + path))
                                    .DELETE()
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(answer.statusCode()).isEqualTo(202);
        }
    }
}
