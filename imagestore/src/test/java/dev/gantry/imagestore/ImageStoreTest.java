package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.Pusher;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Platform;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image store against Debian's docker-registry. Unpacking keeps owners, so it needs root. */
@Tag("root")
class ImageStoreTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();

    @TempDir static Path registryData;
    private static RealRegistry registry;
    private static Pusher pusher;

    @TempDir Path directory;
    private Database database;
    private ImageStore store;

    @BeforeAll
    static void startRegistry() {
        registry = RealRegistry.open(registryData);
        pusher = registry.pusher();
    }

    @AfterAll
    static void stopRegistry() {
        pusher.close();
        registry.close();
    }

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store = ImageStore.open(settings(), database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void reopen() {
        database.close();
        open();
    }

    private ImageStoreSettings settings() {
        return ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"));
    }

    private static ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    private static TarBuilder base() {
        return new TarBuilder()
                .directory("./", 0755)
                .directory("etc", 0755)
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
                .file("etc/motd", "old");
    }

    private static TestImage sample() {
        return TestImage.oci()
                .set("Cmd", List.of("/bin/run"))
                .layer(base(), Packing.GZIP)
                .layer(new TarBuilder().file("etc/motd", "new"), Packing.ZSTD)
                .layer(new TarBuilder().file("etc/.wh.passwd", ""), Packing.PLAIN);
    }

    private String text(Image image, String path) {
        return store.readFile(image.id(), path, 1000)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("(none)");
    }

    private long files(String below) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("store").resolve(below))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private long layers() throws IOException {
        try (Stream<Path> layers = Files.list(directory.resolve("store/layers"))) {
            return layers.count();
        }
    }

    @Test
    void pullByTagInEveryPacking() throws IOException {
        TestImage made = sample();
        Digest manifest = pusher.push("sample", "1", made);
        Image image = store.pull(reference("sample:1"), ANYBODY);
        assertThat(image.id()).isEqualTo(made.id());
        assertThat(image.tags()).containsExactly(reference("sample:1"));
        assertThat(image.repoDigests())
                .containsExactly(registry.authority() + "/sample@" + manifest);
        assertThat(image.config().cmd()).containsExactly("/bin/run");
        assertThat(text(image, "/etc/motd")).isEqualTo("new");
        assertThat(text(image, "/etc/passwd")).isEqualTo("(none)");
        long blobs = made.manifest().length;
        for (byte[] blob : made.blobs().values()) {
            blobs += blob.length;
        }
        assertThat(image.size()).isEqualTo(blobs + "root:x:0:0::/:/bin/sh\n".length() + 6);
        assertThat(store.usage().images().bytes()).isEqualTo(image.size());
        assertThat(files("content/blobs")).isEqualTo(5);
        assertThat(files("tmp")).isZero();
    }

    @Test
    void dockerManifestAndListsWithPlatforms() {
        Platform other = new Platform("linux", "s390x", "");
        Map<Platform, TestImage> images = new LinkedHashMap<>();
        images.put(other, TestImage.oci(other).layer(base(), Packing.GZIP));
        images.put(
                Platform.host(), TestImage.docker().set("User", "me").layer(base(), Packing.GZIP));
        Digest list = pusher.pushIndex("multi", "1", true, images);
        Image image = store.pull(reference("multi:1"), ANYBODY);
        assertThat(image.config().user()).isEqualTo("me");
        assertThat(image.repoDigests()).containsExactly(registry.authority() + "/multi@" + list);

        pusher.pushIndex("multi", "other", false, Map.of(other, images.get(other)));
        assertThatThrownBy(() -> store.pull(reference("multi:other"), ANYBODY))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND))
                .hasMessageContaining("only for linux/s390x");
        pusher.push("multi", "single", images.get(other));
        assertThatThrownBy(() -> store.pull(reference("multi:single"), ANYBODY))
                .hasMessageContaining("the image is for linux/s390x");
    }

    @Test
    void pullByDigestHasNoTag() {
        Digest digest = pusher.push("bydigest", "1", sample());
        Image image = store.pull(reference("bydigest@" + digest), ANYBODY);
        assertThat(image.tags()).isEmpty();
        assertThat(store.find(registry.authority() + "/bydigest@" + digest)).contains(image);
        assertThat(store.find(registry.authority() + "/bydigest:1@" + digest)).contains(image);
        assertThat(store.find(registry.authority() + "/bydigest:1")).isEmpty();
    }

    @Test
    void findByAllItsNames() {
        pusher.push("names", "1", sample());
        Image image = store.pull(reference("names:1"), ANYBODY);
        assertThat(store.find(reference("names:1").toString())).contains(image);
        assertThat(store.find(image.id().toString())).contains(image);
        assertThat(store.find(image.id().hex())).contains(image);
        assertThat(store.find(image.id().hex().substring(0, 12))).contains(image);
        assertThat(store.find("no/such:thing")).isEmpty();
        assertThat(store.find("NOT A NAME")).isEmpty();
        assertThat(store.find("")).isEmpty();
        assertThat(store.list()).containsExactly(image);
    }

    @Test
    void aSecondPullOnlyResolves() throws IOException {
        pusher.push("again", "1", sample());
        Image first = store.pull(reference("again:1"), ANYBODY);
        // With the blobs gone from the registry only the manifest can be asked for.
        Path blob = directory.resolve("store/content/blobs/sha256").resolve(first.id().hex());
        var before = Files.getLastModifiedTime(blob);
        assertThat(store.pull(reference("again:1"), ANYBODY)).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(blob)).isEqualTo(before);
    }

    @Test
    void layersAreSharedAndGoWithTheLastThatUsesThem() throws IOException {
        pusher.push("share", "a", sample());
        pusher.push("share", "b", sample().layer(new TarBuilder().file("b", "b"), Packing.GZIP));
        Image a = store.pull(reference("share:a"), ANYBODY);
        Image b = store.pull(reference("share:b"), ANYBODY);
        assertThat(layers()).isEqualTo(4 + 1);
        assertThat(store.usage().images().bytes()).isLessThan(a.size() + b.size());
        store.remove(a.id().toString());
        assertThat(text(b, "etc/motd")).isEqualTo("new");
        store.remove(reference("share:b").toString());
        assertThat(store.list()).isEmpty();
        assertThat(files("content/blobs")).isZero();
        assertThat(layers()).isEqualTo(1);
        assertThat(store.usage().images().bytes()).isZero();
        store.remove(reference("share:b").toString());
    }

    @Test
    void aTagThatMovesLeavesTheOldImageUntagged() {
        Digest old = pusher.push("moving", "latest", sample());
        Image first = store.pull(reference("moving"), ANYBODY);
        pusher.push("moving", "latest", sample().set("User", "5"));
        Image second = store.pull(reference("moving"), ANYBODY);
        assertThat(second.id()).isNotEqualTo(first.id());
        Image untagged = store.find(first.id().toString()).orElseThrow();
        assertThat(untagged.tags()).isEmpty();
        assertThat(untagged.repoDigests()).containsExactly(registry.authority() + "/moving@" + old);
        assertThat(store.find(reference("moving").toString())).contains(second);
    }

    @Test
    void removeByTagKeepsOtherTags() {
        pusher.push("tags", "1", sample());
        pusher.push("tags", "2", sample());
        store.pull(reference("tags:1"), ANYBODY);
        Image image = store.pull(reference("tags:2"), ANYBODY);
        assertThat(image.tags()).containsExactly(reference("tags:1"), reference("tags:2"));
        store.remove(reference("tags:1").toString());
        Image left = store.find(image.id().hex()).orElseThrow();
        assertThat(left.tags()).containsExactly(reference("tags:2"));
        assertThat(left.repoDigests()).hasSize(1);
        store.remove(image.id().hex().substring(0, 10));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aContainerKeepsItsLayersWhenTheImageIsRemoved() throws IOException {
        pusher.push("used", "1", sample());
        Image image = store.pull(reference("used:1"), ANYBODY);
        Rootfs rootfs = store.containers().prepare("c1", image.id());
        assertThat(rootfs.lowers()).hasSize(3).allMatch(Files::isDirectory);
        assertThat(rootfs.lowers().getLast().resolve("etc/passwd")).exists();
        assertThat(store.containers().prepare("c1", image.id())).isEqualTo(rootfs);
        store.remove(image.id().toString());
        assertThat(store.find(image.id().toString())).isEmpty();
        reopen();
        assertThat(store.containers().rootfs("c1")).contains(rootfs);
        assertThat(rootfs.lowers()).allMatch(Files::isDirectory);
        assertThat(store.pull(reference("used:1"), ANYBODY).id()).isEqualTo(image.id());
        store.remove(image.id().toString());
        store.containers().discard("c1");
        store.containers().discard("c1");
        assertThat(store.containers().rootfs("c1")).isEmpty();
        assertThat(rootfs.lowers()).noneMatch(Files::exists);
        assertThat(rootfs.upper()).doesNotExist();
    }

    @Test
    void theWritableLayerLooksLikeTheRootOfTheImage() throws IOException {
        TarBuilder tar = new TarBuilder().directory("./", 01775, 12, 34).file("f", "x");
        pusher.push("rootmode", "1", TestImage.oci().layer(tar, Packing.GZIP));
        Image image = store.pull(reference("rootmode:1"), ANYBODY);
        Rootfs rootfs = store.containers().prepare("c1", image.id());
        assertThat(Files.readAttributes(rootfs.upper(), "unix:uid,gid"))
                .containsEntry("uid", 12)
                .containsEntry("gid", 34);
        assertThat((Integer) Files.getAttribute(rootfs.upper(), "unix:mode") & 07777)
                .isEqualTo(01775);
        assertThat(Files.getPosixFilePermissions(rootfs.work()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.write(rootfs.upper().resolve("data"), new byte[100_000]);
        Files.createLink(rootfs.upper().resolve("link"), rootfs.upper().resolve("data"));
        Files.createSymbolicLink(rootfs.upper().resolve("out"), Path.of("/"));
        DiskUsage.Entry usage = store.containers().usage("c1");
        assertThat(usage.inodes()).isEqualTo(3);
        assertThat(usage.bytes()).isBetween(100_000L, 120_000L);
        assertThat(store.usage().containers().bytes()).isEqualTo(usage.bytes());
    }

    @Test
    void containersThatAreWrong() {
        Digest nothing = TestImage.digest(new byte[1]);
        assertThatThrownBy(() -> store.containers().prepare("c1", nothing))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND));
        assertThatThrownBy(() -> store.containers().prepare("../c1", nothing))
                .hasMessageContaining("../c1");
        assertThatThrownBy(() -> store.containers().usage("c1"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND));
    }

    @Test
    void anImageWithoutLayers() {
        pusher.push("empty", "1", TestImage.oci());
        Image image = store.pull(reference("empty:1"), ANYBODY);
        assertThat(store.containers().prepare("c1", image.id()).lowers())
                .allMatch(Files::isDirectory);
        assertThat(text(image, "/etc/passwd")).isEqualTo("(none)");
    }

    @Test
    void manyLayersAtOnce() {
        TestImage made = TestImage.oci();
        for (int i = 0; i < 60; i++) {
            made.layer(new TarBuilder().file("dir/file" + i, "layer " + i), Packing.GZIP);
        }
        pusher.push("many", "1", made);
        Image image = store.pull(reference("many:1"), ANYBODY);
        assertThat(store.containers().prepare("c1", image.id()).lowers()).hasSize(60);
        assertThat(text(image, "dir/file0") + text(image, "dir/file59"))
                .isEqualTo("layer 0layer 59");
    }

    @Test
    void whatTheRegistryDoesNotHave() {
        assertThatThrownBy(() -> store.pull(reference("nothing:1"), ANYBODY))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND))
                .hasMessageContaining("pull " + registry.authority() + "/nothing:1")
                .hasMessageContaining("404");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void basicAuthentication() {
        try (RealRegistry locked = RealRegistry.withPassword(directory.resolve("locked"));
                Pusher owner = locked.pusher()) {
            owner.push("private/app", "1", sample());
            ImageReference reference = ImageReference.parse(locked.authority() + "/private/app:1");
            Optional<RegistryCredentials> right =
                    Optional.of(
                            RegistryCredentials.basic(RealRegistry.USER, RealRegistry.PASSWORD));
            Image image = store.pull(reference, right);
            assertThat(text(image, "etc/motd")).isEqualTo("new");
            // The image is here, and still nobody gets it without access.
            for (Optional<RegistryCredentials> wrong :
                    List.of(
                            ANYBODY,
                            Optional.of(RegistryCredentials.basic(RealRegistry.USER, "wrong")))) {
                assertThatThrownBy(() -> store.pull(reference, wrong))
                        .isInstanceOfSatisfying(
                                Failure.class,
                                failure ->
                                        assertThat(failure.code())
                                                .isEqualTo(Failure.Code.UNAUTHENTICATED))
                        .hasMessageContaining("401: UNAUTHORIZED");
            }
        }
    }

    @Test
    void aMirrorServesAnotherRegistrysName() throws IOException {
        pusher.push("mirrored", "3.9", sample());
        Path hosts = directory.resolve("certs.d/registry.k8s.invalid/hosts.toml");
        Files.createDirectories(hosts.getParent());
        Files.writeString(hosts, "[host.\"http://%s\"]\n".formatted(registry.authority()));
        Image image =
                store.pull(ImageReference.parse("registry.k8s.invalid/mirrored:3.9"), ANYBODY);
        assertThat(image.tags()).hasToString("[registry.k8s.invalid/mirrored:3.9]");
    }
}
