package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.Mount;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.v1.Change;
import dev.gantry.proto.v1.ChangesRequest;
import dev.gantry.proto.v1.CommitRequest;
import dev.gantry.proto.v1.CopyInRequest;
import dev.gantry.proto.v1.CopyInResponse;
import dev.gantry.proto.v1.CopyInTarget;
import dev.gantry.proto.v1.CopyOutRequest;
import dev.gantry.proto.v1.CopyOutResponse;
import dev.gantry.proto.v1.ExecRequest;
import dev.gantry.proto.v1.ExecResponse;
import dev.gantry.proto.v1.ExecStart;
import dev.gantry.proto.v1.ExportRequest;
import dev.gantry.proto.v1.InspectImageRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of real containers, over the daemon's socket, with the machine's tar. */
@Tag("root")
class ContainerFilesTest {
    private static final String SLEEP = "sleep 1000";

    @TempDir private static Path folder;
    private static LiveDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        daemon = new LiveDaemon(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    private static String sh(String script) throws Exception {
        Process process =
                new ProcessBuilder("bash", "-euc", script)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String inside(String container, String script) throws Exception {
        Heard<ExecResponse> heard = new Heard<>();
        daemon.talk()
                .exec(heard)
                .onNext(
                        ExecRequest.newBuilder()
                                .setStart(
                                        ExecStart.newBuilder()
                                                .setContainer(container)
                                                .addAllCommand(List.of("sh", "-c", script)))
                                .build());
        ByteString all = ByteString.EMPTY;
        for (ExecResponse answer : heard.all()) {
            all = all.concat(answer.getStdout()).concat(answer.getStderr());
        }
        return all.toStringUtf8();
    }

    private static void copyIn(String container, String path, String tar) throws Exception {
        Heard<CopyInResponse> heard = new Heard<>();
        var out = daemon.talk().copyIn(heard);
        out.onNext(
                CopyInRequest.newBuilder()
                        .setTarget(
                                CopyInTarget.newBuilder()
                                        .setContainer(container)
                                        .setPath(path)
                                        .setKeepOwners(true))
                        .build());
        out.onNext(
                CopyInRequest.newBuilder()
                        .setData(ByteString.copyFrom(Files.readAllBytes(folder.resolve(tar))))
                        .build());
        out.onCompleted();
        heard.all();
    }

    /** The names and what else tar lists of what comes out. */
    private static String copyOut(String container, String path) throws Exception {
        var answers =
                daemon.containers()
                        .copyOut(
                                CopyOutRequest.newBuilder()
                                        .setContainer(container)
                                        .setPath(path)
                                        .build());
        ByteString all = ByteString.EMPTY;
        while (answers.hasNext()) {
            CopyOutResponse answer = answers.next();
            all = all.concat(answer.getData());
        }
        return listed(all);
    }

    private static String listed(ByteString tar) throws Exception {
        Files.write(folder.resolve("out.tar"), tar.toByteArray());
        return sh("rm -rf out; mkdir out; tar -C out -xf out.tar; tar -tvf out.tar");
    }

    private static String out(String file) throws IOException {
        return Files.readString(folder.resolve("out").resolve(file));
    }

    private static void stopContainer(String id) {
        daemon.runtime()
                .stopContainer(StopContainerRequest.newBuilder().setContainerId(id).build());
    }

    private static void makeTree() throws Exception {
        sh(
                """
                rm -rf in; mkdir -p in/d; echo text > in/d/file; ln in/d/file in/d/same
                ln -s /etc/passwd in/d/link; chown 1000:1001 in/d/file; chmod 750 in/d
                truncate -s 10M in/d/hole; tar -C in -Scf in.tar d
                """);
    }

    @Test
    void aTreeGoesInAndOutOfWhatRunsAndWhatDoesNot() throws Exception {
        makeTree();
        String id = daemon.start(SLEEP);
        copyIn(id, "/tmp", "in.tar");
        assertThat(inside(id, "cat /tmp/d/same; ls -ln /tmp/d/file; ls -ld /tmp/d"))
                .contains("text\n")
                .containsPattern("-rw-r--r-- +2 +1000 +1001")
                .contains("drwxr-x---");
        assertThat(copyOut(id, "/tmp/d")).contains("d/file").contains("link to d/");
        stopContainer(id);
        copyIn(id, "/root", "in.tar");
        String listing = copyOut(id, "/root/d");
        assertThat(listing).contains("1000/1001").contains("d/link -> /etc/passwd");
        assertThat(out("d/same")).isEqualTo("text\n");
        assertThatThrownBy(() -> copyOut(id, "/nowhere"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("there is no /nowhere");
    }

    @Test
    void linksInAContainerLeadNowhereElse() throws Exception {
        makeTree();
        Path secret = Files.writeString(folder.resolve("secret"), "the node's");
        String id = daemon.start(SLEEP);
        inside(
                id,
                "ln -s %s /tmp/leak; ln -s %s /tmp/out; ln -s /proc/1/root /tmp/magic"
                        .formatted(secret, folder));
        assertThatThrownBy(
                        () ->
                                daemon.containers()
                                        .copyOut(
                                                CopyOutRequest.newBuilder()
                                                        .setContainer(id)
                                                        .setPath("/tmp/leak")
                                                        .setFollowLink(true)
                                                        .build())
                                        .next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("there is no");
        assertThatThrownBy(() -> copyIn(id, "/tmp/out/", "in.tar"))
                .hasMessageContaining("there is no");
        assertThat(folder.resolve("d")).doesNotExist();
    }

    @Test
    void aVolumeIsSeenWhetherTheContainerRunsOrNot() throws Exception {
        makeTree();
        Path volume = Files.createDirectories(folder.resolve("volume"));
        String id =
                daemon.create(
                        SLEEP,
                        (ContainerConfig.Builder c) ->
                                c.addMounts(
                                        Mount.newBuilder()
                                                .setContainerPath("/data")
                                                .setHostPath(volume.toString())));
        copyIn(id, "/data", "in.tar");
        assertThat(volume.resolve("d/file")).hasContent("text");
        daemon.runtime()
                .startContainer(
                        dev.gantry.proto.cri.v1.StartContainerRequest.newBuilder()
                                .setContainerId(id)
                                .build());
        Files.writeString(volume.resolve("more"), "of the volume");
        assertThat(copyOut(id, "/data")).contains("data/more").contains("data/d/file");
        assertThat(inside(id, "cat /data/d/file")).isEqualTo("text\n");
    }

    @Test
    void changesExportAndCommit() throws Exception {
        String id = daemon.start(SLEEP);
        inside(id, "echo new > /etc/new; rm /etc/group 2>/dev/null || unlink /etc/group");
        inside(id, "echo more >> /etc/passwd");
        List<String> changes = new ArrayList<>();
        daemon.containers()
                .changes(ChangesRequest.newBuilder().setContainer(id).build())
                .forEachRemaining((Change c) -> changes.add(c.getKind() + " " + c.getPath()));
        assertThat(changes).contains("CHANGED /etc", "ADDED /etc/new", "CHANGED /etc/passwd");
        ByteString all = ByteString.EMPTY;
        for (var parts =
                        daemon.containers()
                                .export(ExportRequest.newBuilder().setContainer(id).build());
                parts.hasNext(); ) {
            all = all.concat(parts.next().getData());
        }
        assertThat(listed(all))
                .contains("etc/new")
                .contains("bin/busybox")
                .doesNotContain("proc/1");
        String image =
                daemon.containers()
                        .commit(
                                CommitRequest.newBuilder()
                                        .setContainer(id)
                                        .setReference("localhost/committed:1")
                                        .setComment("of a test")
                                        .addChanges("ENV C=\"3 4\"")
                                        .addChanges("LABEL who=ann")
                                        .addChanges("HEALTHCHECK --interval=1m30s CMD true")
                                        .build())
                        .getImageId();
        var made =
                daemon.images()
                        .inspect(
                                InspectImageRequest.newBuilder()
                                        .setImage("localhost/committed:1")
                                        .build());
        assertThat(made.getImage().getId()).isEqualTo(image);
        assertThat(made.getConfig().toStringUtf8())
                .contains("\"C=3 4\"", "\"A=1\"", "\"who\":\"ann\"", "90000000000", "of a test");
        String second =
                daemon.create(
                        "cat /etc/new; sleep 1000",
                        c ->
                                c.setImage(
                                        dev.gantry.proto.cri.v1.ImageSpec.newBuilder()
                                                .setImage(image)));
        assertThat(copyOut(second, "/etc/new")).contains("new");
        assertThat(out("new")).isEqualTo("new\n");
    }
}
