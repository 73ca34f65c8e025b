package dev.gantry.local.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("root")
class VolumeStoreTest {
    private static final Digest IMAGE = Digest.parse("sha256:" + "a".repeat(64));

    @TempDir Path root;
    private Path lower;
    private Path upper;
    private Database database;
    private VolumeStore store;

    @BeforeEach
    void open() throws IOException {
        lower = Files.createDirectories(root.resolve("lower"));
        upper = Files.createDirectories(root.resolve("upper"));
        reopen();
    }

    private void reopen() {
        if (database != null) {
            database.close();
        }
        database = Database.open(root.resolve("gantry.db"), VolumeStore.migrations());
        store = VolumeStore.open(root.resolve("volumes"), database, image -> List.of(upper, lower));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aVolumeIsThereUntilNobodyUsesItAndItIsRemoved() throws IOException {
        Volume made = store.create("data", "", Map.of(), Map.of("tier", "db"));
        assertThat(store.create("data", "local", Map.of(), Map.of())).isEqualTo(made);
        store.mounts("c1", IMAGE, List.of(named("data", "/data")));
        Files.writeString(made.mountpoint().resolve("kept"), "kept");
        reopen();

        assertThat(store.find("data").usedBy()).containsExactly("c1");
        store.callContainers(id -> "shop-" + id);
        assertThatThrownBy(() -> store.remove("data")).hasMessageContaining("in use by shop-c1");
        assertThat(store.prune(volume -> true)).isEmpty();
        store.release("c1", true);
        assertThat(made.mountpoint().resolve("kept")).exists();
        store.remove("data");
        assertThat(made.mountpoint().getParent()).doesNotExist();
        assertThatThrownBy(() -> store.find("data")).hasMessage("no such volume: data");
    }

    @Test
    void anonymousVolumesGoWithTheirContainerWhenAsked() {
        store.mounts("c1", IMAGE, List.of(VolumeMount.anonymous("/a")));
        store.mounts("c2", IMAGE, List.of(VolumeMount.anonymous("/a")));
        assertThat(store.list()).hasSize(2).allMatch(Volume::anonymous);

        store.release("c1", true);
        store.release("c2", false);
        store.release("c2", true);

        assertThat(store.list()).singleElement().matches(volume -> volume.usedBy().isEmpty());
        assertThat(store.prune(Volume::anonymous)).hasSize(1);
        assertThat(root.resolve("volumes")).isEmptyDirectory();
    }

    @Test
    void anEmptyVolumeIsFilledWithWhatTheImageHas() throws Exception {
        Path data = Files.createDirectories(lower.resolve("var/lib/db"));
        run(
                """
                printf one > one; ln one two; ln -s /etc/passwd link; mkfifo fifo; mkdir sub
                printf x > sub/x; chown 33:44 one sub .; chmod 2750 sub; chmod 4711 one
                setfattr -n user.k -v v one; printf old > both; printf gone > gone
                touch -d @1000000 one sub
                """,
                data);
        Path over = Files.createDirectories(upper.resolve("var/lib/db"));
        run("printf new > both; mknod gone c 0 0; chown 33:44 .", over);

        List<MountConfig> mounts = store.mounts("c1", IMAGE, List.of(named("data", "/var/lib/db")));

        Path volume = Path.of(mounts.getFirst().hostPath());
        assertThat(run("stat -c '%n %u:%g %a %h %Y' one two sub; stat -c '%u:%g' .", volume))
                .isEqualTo(
                        """
                        one 33:44 4711 2 1000000
                        two 33:44 4711 2 1000000
                        sub 33:44 2750 2 1000000
                        33:44
                        """);
        assertThat(
                        run(
                                "cat both sub/x; readlink link; getfattr --only-values -n user.k one",
                                volume))
                .isEqualTo("newx/etc/passwd\nv");
        assertThat(run("ls -A | tr '\\n' ' '", volume)).isEqualTo("both fifo link one sub two ");
        Files.writeString(volume.resolve("one"), "mine");
        store.mounts("c2", IMAGE, List.of(named("data", "/var/lib/db")));
        assertThat(volume.resolve("one")).hasContent("mine");
    }

    /** Links on the way lead where they would in the container, and never to the node's files. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "../../../../../../../..%s", "/proc/self/root%s", "loop"})
    void linksOfTheImageLeadNowhereElse(String target) throws Exception {
        Path secret = Files.createDirectories(root.resolve("secret"));
        Files.writeString(secret.resolve("key"), "secret");
        Files.createSymbolicLink(upper.resolve("data"), Path.of(target.formatted(secret)));
        Files.createSymbolicLink(upper.resolve("loop"), Path.of("data"));
        Files.createDirectories(upper.resolve("proc"));

        var mounts = store.mounts("c1", IMAGE, List.of(named("data", "/data")));

        assertThat(Path.of(mounts.getFirst().hostPath())).isEmptyDirectory();
    }

    @Test
    void aLinkInsideTheImageIsFollowedThere() throws IOException {
        Files.createDirectories(lower.resolve("run/app"));
        Files.writeString(lower.resolve("run/app/pid"), "1");
        Files.createDirectories(lower.resolve("var"));
        Files.createSymbolicLink(lower.resolve("var/run"), Path.of("/run"));

        var mounts = store.mounts("c1", IMAGE, List.of(named("data", "/var/run/app")));

        assertThat(Path.of(mounts.getFirst().hostPath()).resolve("pid")).hasContent("1");
    }

    @Test
    void nothingIsCopiedWhenNotAsked() throws IOException {
        Files.createDirectories(lower.resolve("data"));
        Files.writeString(lower.resolve("data/x"), "x");

        var mount =
                new VolumeMount(
                        VolumeMount.Type.VOLUME,
                        "data",
                        "/data",
                        false,
                        true,
                        "",
                        false,
                        "",
                        Map.of(),
                        Map.of(),
                        "");
        assertThat(Path.of(store.mounts("c1", IMAGE, List.of(mount)).getFirst().hostPath()))
                .isEmptyDirectory();
    }

    /** Each state that a kill can leave between two steps, and what the next start makes of it. */
    @Test
    void whatAKillLeftIsFinishedOrTakenBack() throws IOException {
        Path volumes = root.resolve("volumes");
        store.create("begun", "", Map.of(), Map.of());
        Files.createDirectories(volumes.resolve("begun/_filling"));
        Files.writeString(volumes.resolve("begun/_filling/half"), "half");
        store.create("going", "", Map.of(), Map.of());
        Files.move(volumes.resolve("going"), volumes.resolve(".going-1"));
        Files.createDirectories(volumes.resolve("unrecorded/_data"));
        Files.writeString(volumes.resolve("unrecorded/_data/kept"), "kept");

        reopen();

        assertThat(store.list().stream().map(Volume::name)).containsExactly("begun", "unrecorded");
        assertThat(volumes.resolve("begun/_filling")).doesNotExist();
        assertThat(volumes.resolve("begun/_data")).isEmptyDirectory();
        assertThat(volumes.resolve(".going-1")).doesNotExist();
        assertThat(store.find("unrecorded").mountpoint().resolve("kept")).hasContent("kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ".going-1", "../x", "a/b", "-a", "_data"})
    void namesAreNamesOfOneDirectory(String name) {
        assertThatThrownBy(() -> store.create(name, "", Map.of(), Map.of()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("is not a volume's name");
    }

    @Test
    void optionsAreHeededOrRefused() throws IOException {
        Path device = Files.createDirectories(root.resolve("device"));
        var bind = Map.of("type", "none", "o", "bind", "device", device.toString());
        store.create("bound", "", bind, Map.of());
        assertThat(store.mounts("c1", IMAGE, List.of(named("bound", "/b"))).getFirst().hostPath())
                .isEqualTo(device.toString());
        assertThatThrownBy(
                        () ->
                                store.create(
                                        "bound", "", Map.of("o", "bind", "device", "/"), Map.of()))
                .hasMessageContaining("with other options");
        assertThatThrownBy(() -> store.create("n1", "nfs", Map.of(), Map.of()))
                .hasMessageContaining("driver \"nfs\" is not known");
        assertThatThrownBy(() -> store.create("n1", "", Map.of("type", "nfs"), Map.of()))
                .hasMessageContaining("cannot be mounted here");
        assertThatThrownBy(() -> store.create("n1", "", Map.of("x", "y"), Map.of()))
                .hasMessageContaining("option \"x\" is not known");
    }

    @Test
    void aMissingDirectoryIsMadeOnlyWhereDockerMakesIt() {
        Path missing = root.resolve("missing/deep");

        assertThatThrownBy(() -> store.mounts("c1", IMAGE, List.of(bind(missing, false))))
                .hasMessageContaining("bind source path does not exist: " + missing);
        MountConfig mount = store.mounts("c1", IMAGE, List.of(bind(missing, true))).getFirst();

        assertThat(missing).isDirectory();
        assertThat(mount.propagation()).isEqualTo(MountConfig.Propagation.BIDIRECTIONAL);
        assertThat(mount.selinuxRelabel()).isTrue();
        assertThat(mount.readonly()).isTrue();
    }

    private static VolumeMount named(String name, String target) {
        return new VolumeMount(
                VolumeMount.Type.VOLUME,
                name,
                target,
                false,
                false,
                "",
                false,
                "",
                Map.of(),
                Map.of(),
                "");
    }

    private static VolumeMount bind(Path source, boolean create) {
        return new VolumeMount(
                VolumeMount.Type.BIND,
                source.toString(),
                "/b",
                true,
                false,
                "rshared",
                create,
                "z",
                Map.of(),
                Map.of(),
                "");
    }

    private static String run(String script, Path directory) throws Exception {
        Process process =
                new ProcessBuilder("bash", "-ec", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
