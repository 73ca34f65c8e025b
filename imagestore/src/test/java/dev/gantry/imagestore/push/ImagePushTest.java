package dev.gantry.imagestore.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.testing.Programs;
import dev.gantry.imagestore.testing.Pusher;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestCertificate;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.imagestore.testing.TokenServer;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Platform;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * Images that the field's tools made go from Debian's docker-registry through the store to other
 * ones, that want passwords, tokens and certificates; the field's tools take them from there.
 */
@Tag("root")
class ImagePushTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();
    private static final Optional<RegistryCredentials> OPERATOR =
            Optional.of(RegistryCredentials.basic(RealRegistry.USER, RealRegistry.PASSWORD));

    private static final String GROUP = "gantry-test-podman";

    @TempDir static Path shared;
    private static RealRegistry source;

    @TempDir Path directory;
    private Database database;
    private ImageStore store;
    private final List<PushProgress> heard = new ArrayList<>();

    @BeforeAll
    static void start() {
        source = RealRegistry.open(shared.resolve("source"));
    }

    @AfterAll
    static void stop() {
        source.close();
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
                                                .withCredentials(
                                                        directory.resolve("config.json"),
                                                        Optional.empty())
                                                .withUploadChunk(1 << 20)),
                        database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** {@code registry.test} is read from the source and written to another. */
    private ImageReference through(String repository, String target, String settings)
            throws IOException {
        Path hosts = Files.createDirectories(directory.resolve("certs.d/registry.test"));
        Files.writeString(
                hosts.resolve("hosts.toml"),
                """
                server = "%s"
                capabilities = ["push"]
                %s
                [host."http://%s"]
                capabilities = ["pull", "resolve"]
                """
                        .formatted(target, settings, source.authority()));
        return ImageReference.parse("registry.test/" + repository);
    }

    private static TestImage image(boolean docker) {
        byte[] random = new byte[3 << 20];
        new java.util.Random(11).nextBytes(random);
        return (docker ? TestImage.docker() : TestImage.oci())
                .set("Cmd", List.of("/bin/run"))
                .layer(
                        new TarBuilder()
                                .directory("etc", 0755)
                                .file("etc/motd", new String(random, StandardCharsets.ISO_8859_1)),
                        Packing.GZIP)
                .layer(new TarBuilder().file("etc/motd", "new"), Packing.GZIP);
    }

    private static void serve(String repository, TestImage image) {
        try (Pusher pusher = source.pusher()) {
            pusher.push(repository, "1", image);
        }
    }

    private List<State> last() {
        Map<Digest, State> states = new LinkedHashMap<>();
        heard.forEach(progress -> states.put(progress.digest(), progress.state()));
        return List.copyOf(states.values());
    }

    private String inspect(String reference, String... options) {
        return Programs.run(
                directory,
                Stream.of(
                                Stream.of("skopeo", "inspect", "--raw"),
                                Stream.of(options),
                                Stream.of("docker://" + reference))
                        .flatMap(parts -> parts)
                        .toList());
    }

    @Test
    void withTokensForPushAndMount() throws IOException {
        TestCertificate signer = TestCertificate.make(directory, "signer", "RSA", "tokens");
        try (TokenServer tokens = new TokenServer(signer, 300);
                RealRegistry target =
                        RealRegistry.with(
                                directory.resolve("target"),
                                new RealRegistry.Options(tokens.auth(), ""))) {
            TestImage image = image(true);
            serve("team/app", image);
            String url = "http://" + target.authority();
            ImageReference reference = through("team/app:1", url, "");
            store.pull(reference, ANYBODY);

            assertThatThrownBy(() -> store.push(reference, ANYBODY, heard::add))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.UNAUTHENTICATED))
                    .hasMessageContaining(target.authority());
            assertThat(store.push(reference, OPERATOR, heard::add))
                    .isEqualTo(image.manifestDigest());
            assertThat(last()).containsOnly(State.SENT);
            assertThat(tokens.scopes()).contains("repository:team/app:pull,push");
            String user = RealRegistry.USER + ":" + RealRegistry.PASSWORD;
            assertThat(
                            inspect(
                                    target.authority() + "/team/app:1",
                                    "--tls-verify=false",
                                    "--creds",
                                    user))
                    .isEqualTo(new String(image.manifest(), StandardCharsets.UTF_8));

            serve("other/tool", image);
            ImageReference other = through("other/tool:1", url, "");
            store.pull(other, ANYBODY);
            heard.clear();
            store.push(other, OPERATOR, heard::add);
            assertThat(last()).contains(State.MOUNTED).doesNotContain(State.WAITING);
            assertThat(last()).filteredOn(State.SENT::equals).hasSize(1);
            assertThat(tokens.scopes())
                    .contains("repository:other/tool:pull,push repository:team/app:pull");

            heard.clear();
            store.push(other, OPERATOR, heard::add);
            assertThat(last()).filteredOn(State.EXISTS::equals).hasSize(3);
        }
    }

    @Test
    void withAPasswordOfTheCredentialsFile() throws IOException {
        try (RealRegistry target = RealRegistry.withPassword(directory.resolve("target"))) {
            TestImage image = image(false);
            serve("app", image);
            ImageReference reference = through("app:1", "http://" + target.authority(), "");
            store.pull(reference, ANYBODY);
            Files.writeString(
                    directory.resolve("config.json"),
                    "{\"auths\":{\"%s\":{\"username\":\"%s\",\"password\":\"%s\"}}}"
                            .formatted(
                                    target.authority(), RealRegistry.USER, RealRegistry.PASSWORD));
            assertThat(store.push(reference, ANYBODY, heard::add))
                    .isEqualTo(image.manifestDigest());
            assertThatThrownBy(
                            () ->
                                    store.push(
                                            reference,
                                            Optional.of(
                                                    RegistryCredentials.basic(
                                                            RealRegistry.USER, "wr0ng")),
                                            heard::add))
                    .hasMessageContaining(
                            "(as user \"%s\") answered 401".formatted(RealRegistry.USER))
                    .message()
                    .doesNotContain("wr0ng");
        }
    }

    @Test
    void withCertificatesOfBothSides() throws IOException {
        TestCertificate server = TestCertificate.make(directory, "server", "EC", "localhost");
        TestCertificate client = TestCertificate.make(directory, "client", "EC", "node");
        String tls =
                "{certificate: %s, key: %s, clientcas: [%s]}"
                        .formatted(server.pem(), server.key(), client.pem());
        try (RealRegistry target =
                RealRegistry.with(directory.resolve("target"), new RealRegistry.Options("", tls))) {
            TestImage image = image(false);
            serve("app", image);
            String url = "https://localhost:" + target.port();
            String ca = "ca = \"%s\"\n".formatted(server.pem());
            ImageReference reference = through("app:1", url, ca);
            store.pull(reference, ANYBODY);
            assertThatThrownBy(() -> store.push(reference, ANYBODY, heard::add))
                    .hasMessageContaining(url);
            through(
                    "app:1",
                    url,
                    ca + "client = [[\"%s\", \"%s\"]]".formatted(client.pem(), client.key()));
            assertThat(store.push(reference, ANYBODY, heard::add))
                    .isEqualTo(image.manifestDigest());
            Path certificates = Files.createDirectories(directory.resolve("skopeo"));
            Files.copy(server.pem(), certificates.resolve("ca.crt"));
            Files.copy(client.pem(), certificates.resolve("client.cert"));
            Files.copy(client.key(), certificates.resolve("client.key"));
            assertThat(
                            inspect(
                                    "localhost:" + target.port() + "/app:1",
                                    "--cert-dir",
                                    certificates.toString()))
                    .isEqualTo(new String(image.manifest(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void anIndexWhoseOtherPlatformIsThereAndOneWhoseIsNowhere() throws IOException {
        TestImage ours = image(false);
        TestImage theirs = TestImage.oci(new Platform("linux", "s390x", ""));
        Map<Platform, TestImage> both = new LinkedHashMap<>();
        both.put(Platform.host(), ours);
        both.put(new Platform("linux", "s390x", ""), theirs);
        try (RealRegistry target = RealRegistry.open(directory.resolve("target"));
                Pusher pusher = source.pusher();
                Pusher direct = target.pusher()) {
            Digest index = pusher.pushIndex("multi", "1", false, both);
            ImageReference reference = through("multi:1", "http://" + target.authority(), "");
            store.pull(reference, ANYBODY);
            assertThat(store.push(reference, ANYBODY, heard::add)).isEqualTo(ours.manifestDigest());
            direct.push("multi", "other", theirs);
            // Its name has two digests now; what was pulled is asked for by its own.
            ImageReference whole = ImageReference.parse(reference.withDigest(index));
            assertThat(store.push(whole, ANYBODY, heard::add)).isEqualTo(index);
            assertThat(inspect(target.authority() + "/multi@" + index, "--tls-verify=false"))
                    .isEqualTo(new String(TestImage.index(false, both), StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatBuildahMadePodmanTakes() throws IOException {
        assumeTrue(
                Programs.has("buildah") && Programs.has("podman") && Programs.has("skopeo"),
                "buildah, podman and skopeo are not installed");
        List<String> roots = roots("maker");
        List<String> taker = roots("taker");
        String container = tool("buildah", roots, "from", "scratch").strip();
        for (String file : busybox()) {
            tool("buildah", roots, "copy", container, file, file);
        }
        tool("buildah", roots, "config", "--entrypoint", "[\"/bin/busybox\"]", container);
        try (RealRegistry target = RealRegistry.open(directory.resolve("target"))) {
            for (String format : List.of("oci", "docker")) {
                String name = source.authority() + "/buildah:" + format;
                tool("buildah", roots, "commit", "-q", "--format", format, container, name);
                tool("buildah", roots, "push", "-q", "--tls-verify=false", name);
                ImageReference reference =
                        through("buildah:" + format, "http://" + target.authority(), "");
                store.pull(reference, ANYBODY);
                Digest pushed = store.push(reference, ANYBODY, heard::add);
                String there = target.authority() + "/buildah:" + format;
                assertThat(inspect(there, "--tls-verify=false"))
                        .isEqualTo(inspect(name, "--tls-verify=false"))
                        .contains(
                                format.equals("oci")
                                        ? "application/vnd.oci.image.config.v1+json"
                                        : "application/vnd.docker.container.image.v1+json");
                tool("podman", taker, "pull", "-q", "--tls-verify=false", there);
                assertThat(
                                tool(
                                        "podman",
                                        taker,
                                        "image",
                                        "inspect",
                                        "--format",
                                        "{{.Digest}}",
                                        there))
                        .contains(pushed.toString());
                assertThat(tool("podman", taker, runs(there))).contains("it runs");
            }
        } finally {
            removeGroups();
        }
        tool("buildah", roots, "rm", container);
    }

    /** Debian's busybox with the libraries that it is linked with, if it is. */
    private List<String> busybox() {
        List<String> files = new ArrayList<>(List.of("/bin/busybox"));
        Programs.run(directory, List.of("sh", "-c", "ldd /bin/busybox || true"))
                .lines()
                .map(line -> line.replaceFirst(".*=> ", "").strip().replaceFirst(" .*", ""))
                .filter(path -> path.startsWith("/"))
                .forEach(files::add);
        return files;
    }

    /** In no network and with limits that need no raising, which not every machine allows. */
    private static String[] runs(String image) {
        return new String[] {
            "--cgroup-manager",
            "cgroupfs",
            "run",
            "--rm",
            "--network",
            "none",
            "--runtime",
            "runc",
            "--cgroup-parent",
            "/" + GROUP,
            "--ulimit",
            "nofile=1024:1024",
            "--ulimit",
            "nproc=1024:1024",
            image,
            "echo",
            "it runs"
        };
    }

    private List<String> roots(String name) {
        return List.of(
                "--root", directory.resolve(name).toString(),
                "--runroot", directory.resolve(name + "-run").toString(),
                "--storage-driver", "vfs");
    }

    /** podman leaves the parent of its control groups, in each hierarchy of version 1. */
    private void removeGroups() throws IOException {
        Path root = Path.of("/sys/fs/cgroup");
        List<Path> all = new ArrayList<>(List.of(root.resolve(GROUP)));
        try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(root)) {
            hierarchies.forEach(hierarchy -> all.add(hierarchy.resolve(GROUP)));
        }
        for (int tries = 50; tries > 0 && all.stream().anyMatch(Files::exists); tries--) {
            for (Path group : all) {
                // Deepest first; busy until podman's monitor has ended.
                Programs.run(
                        directory,
                        List.of(
                                "sh",
                                "-c",
                                "find %s -depth -type d -exec rmdir {} + 2>/dev/null || true"
                                        .formatted(group)));
            }
        }
        assertThat(all).noneMatch(Files::exists);
    }

    private String tool(String program, List<String> roots, String... arguments) {
        return Programs.run(
                directory,
                Stream.of(Stream.of(program), roots.stream(), Stream.of(arguments))
                        .flatMap(parts -> parts)
                        .toList());
    }

    @Test
    void whatUmociMadeSkopeoCopies() throws IOException {
        assumeTrue(
                Programs.has("umoci") && Programs.has("skopeo"),
                "umoci and skopeo are not installed");
        List<String> none = List.of();
        Path layout = directory.resolve("layout");
        tool("umoci", none, "init", "--layout", layout.toString());
        tool("umoci", none, "new", "--image", layout + ":made");
        Path content = Files.writeString(directory.resolve("motd"), "from umoci");
        tool("umoci", none, "insert", "--image", layout + ":made", content.toString(), "/motd");
        tool(
                "skopeo",
                none,
                "copy",
                "-q",
                "--dest-tls-verify=false",
                "oci:" + layout + ":made",
                "docker://" + source.authority() + "/umoci:1");
        try (RealRegistry target = RealRegistry.open(directory.resolve("target"))) {
            ImageReference reference = through("umoci:1", "http://" + target.authority(), "");
            var image = store.pull(reference, ANYBODY);
            assertThat(store.readFile(image.id(), "motd", 100))
                    .get()
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.BYTE_ARRAY)
                    .asString()
                    .contains("umoci");
            Digest pushed = store.push(reference, ANYBODY, heard::add);
            Path copied = directory.resolve("copied");
            tool(
                    "skopeo",
                    none,
                    "copy",
                    "-q",
                    "--src-tls-verify=false",
                    "docker://" + target.authority() + "/umoci:1",
                    "oci:" + copied + ":1");
            assertThat(Files.readString(copied.resolve("index.json"))).contains(pushed.toString());
        }
    }
}
