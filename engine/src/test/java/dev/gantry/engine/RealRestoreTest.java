package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers that go on in another pod, by real archives, images, launcher and CRIU. */
@Tag("root")
@Timeout(180)
final class RealRestoreTest {
    private static final String COUNTER =
            "trap 'echo bye; exit 7' TERM; /bin/busybox rm /etc/group; echo kept > /etc/kept; i=0;"
                    + " while :; do i=$((i+1)); echo $i; /bin/busybox sleep 0.1; done";

    @TempDir Path temp;
    private RealHouse house;
    private String image;

    @BeforeEach
    void open() throws Exception {
        house = new RealHouse(temp);
        image = house.pullBusybox();
    }

    @AfterEach
    void close() {
        house.engine.pods(PodFilter.all(Scope.CRI)).forEach(p -> house.engine.removePod(p.id()));
        house.close();
        assertThat(temp.resolve("lib/engine/restores"))
                .satisfiesAnyOf(
                        d -> assertThat(d).doesNotExist(), d -> assertThat(d).isEmptyDirectory());
    }

    private static boolean criuKnowsThisKernel() throws Exception {
        return new ProcessBuilder("sh", "-c", "criu check")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private String pod(String name) {
        return house.engine.runPod(
                Scope.CRI, House.pod(name).withLogDirectory(temp.resolve("log").toString()), "");
    }

    private int lastCount(String log) throws IOException {
        Path file = temp.resolve("log").resolve(log);
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .map(line -> line.split(" ", 4)[3])
                        .filter(text -> text.matches("[0-9]+"))
                        .mapToInt(Integer::parseInt)
                        .reduce(0, (_, last) -> last)
                : 0;
    }

    private void awaitCount(String log, int more) throws Exception {
        while (lastCount(log) <= more) {
            Thread.sleep(20);
        }
    }

    private Path checkpoint() throws Exception {
        String from = pod("from");
        String id =
                house.engine.createContainer(
                        from,
                        ContainerConfig.named("counter", image, "/bin/sh", "-c", COUNTER)
                                .withLogPath("one.log"));
        house.engine.startContainer(id);
        awaitCount("one.log", 3);
        Path archive = temp.resolve("counter.tar");
        house.engine.checkpoint(id, archive, Duration.ZERO);
        house.engine.removePod(from);
        return archive;
    }

    private String restored(String pod, String from, String log) throws Exception {
        int before = lastCount("one.log");
        String id =
                house.engine.createContainer(
                        pod, ContainerConfig.named("again", from, "/bin/sh").withLogPath(log));
        house.engine.startContainer(id);
        awaitCount(log, before);
        return id;
    }

    @Test
    void anArchiveGoesOnInAnotherPodAndUnderANewDaemon() throws Exception {
        assumeTrue(criuKnowsThisKernel(), "criu check says that CRIU does not know this kernel");
        Path archive = checkpoint();
        String id = restored(pod("to"), archive.toString(), "two.log");
        house.restart();
        ExecOutput said =
                house.engine.execSync(
                        id,
                        List.of("/bin/sh", "-c", "/bin/busybox cat /etc/kept; [ ! -e /etc/group ]"),
                        Duration.ofSeconds(30));
        assertThat(said.exitCode()).isZero();
        assertThat(new String(said.stdout(), StandardCharsets.UTF_8)).isEqualTo("kept\n");
        house.engine.stopContainer(id, Duration.ofSeconds(60));
        assertThat(house.engine.container(id).state())
                .isInstanceOfSatisfying(
                        ContainerState.Exited.class, e -> assertThat(e.exitCode()).isEqualTo(7));
        assertThat(Files.readString(temp.resolve("log/two.log"))).endsWith("stdout F bye\n");
    }

    @Test
    void anImageThatHoldsACheckpointIsRestoredToo() throws Exception {
        assumeTrue(criuKnowsThisKernel(), "criu check says that CRIU does not know this kernel");
        String checkpoint = house.pullCheckpoint(checkpoint());
        String to = pod("to");
        String id = restored(to, checkpoint, "two.log");
        // Twice, since nothing of an image is used up.
        String pod = pod("to too");
        assertThat(restored(pod, checkpoint, "three.log")).isNotEqualTo(id);
    }

    @Test
    void imagesThatAreNotCriusEndTheStart() throws Exception {
        Path archive = temp.resolve("bad.tar");
        Files.write(
                archive,
                new dev.gantry.imagestore.testing.TarBuilder()
                        .file("checkpoint/inventory.img", "no image")
                        .file("checkpoint/descriptors.json", "[]")
                        .file("config.dump", "{\"rootfsImageRef\":\"" + image + "\"}")
                        .build());
        String id =
                house.engine.createContainer(
                        pod("to"), ContainerConfig.named("bad", archive.toString(), "/bin/sh"));
        assertThatThrownBy(() -> house.engine.startContainer(id))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("criu");
        assertThat(house.engine.container(id).state())
                .isInstanceOfSatisfying(
                        ContainerState.Exited.class,
                        e -> assertThat(e.reason()).isEqualTo("StartError"));
    }
}
