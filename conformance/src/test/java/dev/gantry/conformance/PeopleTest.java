package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.ExplainRequest;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.HealthCheck;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.KillRequest;
import dev.gantry.proto.v1.ListRequest;
import dev.gantry.proto.v1.PauseRequest;
import dev.gantry.proto.v1.RemoveRequest;
import dev.gantry.proto.v1.RestartPolicy;
import dev.gantry.proto.v1.StartRequest;
import dev.gantry.proto.v1.StopRequest;
import dev.gantry.proto.v1.TmpfsMount;
import dev.gantry.proto.v1.Ulimit;
import dev.gantry.proto.v1.UnpauseRequest;
import dev.gantry.proto.v1.WaitRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Containers of the scope local live as docker's do, and kubelet sees nothing of them. */
@Tag("root")
@Tag("go")
class PeopleTest extends WithDaemon {
    private ImagesClient client = ImagesClient.connect(Path.of("/nowhere"));

    @BeforeEach
    void connect() {
        present(Configs.BUSYBOX);
        reconnect();
    }

    private void reconnect() {
        client.close();
        client = ImagesClient.connect(daemon.socket());
    }

    @AfterEach
    void clear() {
        for (Container left : list()) {
            calls().remove(
                            RemoveRequest.newBuilder()
                                    .setContainer(left.getId())
                                    .setForce(true)
                                    .build());
        }
        client.close();
        assertThat(ok("pods", "-q")).isEmpty();
    }

    private ContainersGrpc.ContainersBlockingStub calls() {
        Metadata scope = new Metadata();
        scope.put(Metadata.Key.of("gantry-scope", Metadata.ASCII_STRING_MARSHALLER), "local");
        return ContainersGrpc.newBlockingStub(client.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(scope))
                .withDeadlineAfter(Duration.ofMinutes(2));
    }

    private static CreateRequest.Builder shell(String name, String script) {
        return CreateRequest.newBuilder()
                .setName(name)
                .setStopTimeoutSeconds(1)
                .setContainer(
                        ContainerConfig.newBuilder()
                                .setImage(ImageSpec.newBuilder().setImage(Configs.BUSYBOX))
                                .addAllCommand(List.of("sh", "-c", script)));
    }

    private String create(CreateRequest.Builder request) {
        return calls().create(request.build()).getId();
    }

    private void start(String container) {
        var _ = calls().start(StartRequest.newBuilder().setContainer(container).build());
    }

    private String running(CreateRequest.Builder request) {
        String id = create(request);
        start(id);
        return id;
    }

    private InspectResponse inspect(String container) {
        return calls().inspect(InspectRequest.newBuilder().setContainer(container).build());
    }

    private List<Container> list() {
        return calls().list(ListRequest.newBuilder().setAll(true).build()).getContainersList();
    }

    private int ended(String container, WaitRequest.Condition condition) {
        int code = -1;
        var answers =
                calls().wait(
                                WaitRequest.newBuilder()
                                        .setContainer(container)
                                        .setCondition(condition)
                                        .build());
        while (answers.hasNext()) {
            code = answers.next().getExitCode();
        }
        return code;
    }

    private List<String> output(String container) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(inspect(container).getLogPath()))) {
            return lines.map(line -> line.split(" ", 4)[3]).toList();
        }
    }

    private static List<Path> pinned() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/run/netns"))) {
            return all.filter(p -> p.getFileName().toString().startsWith("gantry-")).toList();
        }
    }

    @Test
    void startsAgainWithItsFilesAndItsLog() throws Exception {
        List<Path> before = pinned();
        String id =
                running(shell("counter", "echo run >> /count; wc -l < /count; hostname; exit 3"));
        assertThat(ended(id, WaitRequest.Condition.NOT_RUNNING)).isEqualTo(3);
        assertThat(pinned()).isEqualTo(before);
        start(id);
        assertThat(ended(id, WaitRequest.Condition.NOT_RUNNING)).isEqualTo(3);
        String host = id.substring(0, 12);
        assertThat(output(id)).containsExactly("1", host, "2", host);
        assertThat(inspect("counter").getContainer().getState()).isEqualTo(ContainerState.EXITED);
    }

    @Test
    void aRestartPolicyHoldsOverAKillOfTheDaemon() throws Exception {
        String id =
                running(
                        shell("service", "exec sleep 1000")
                                .setRestartPolicy(
                                        RestartPolicy.newBuilder()
                                                .setCondition(
                                                        RestartPolicy.Condition.UNLESS_STOPPED)));
        String quiet = running(shell("quiet", "exec sleep 1000"));
        InspectResponse first = inspect(id);
        assertThat(first.getEndpoint().getIpv4()).startsWith("172.");
        kill(first.getPid());
        await(() -> inspect(id).getRestartCount() == 1 && inspect(id).getPid() > 0, "a restart");
        int second = inspect(id).getPid();
        assertThat(second).isNotEqualTo(first.getPid());
        daemon.kill();
        kill(second);
        daemon.start();
        reconnect();
        await(() -> inspect(id).getPid() > 0, "a restart by the next daemon");
        assertThat(inspect(id).getPid()).isNotEqualTo(second);
        assertThat(inspect(quiet).getContainer().getState()).isEqualTo(ContainerState.RUNNING);
        var _ = calls().stop(StopRequest.newBuilder().setContainer("service").build());
        assertThat(inspect(id).getContainer().getState()).isEqualTo(ContainerState.EXITED);
        daemon.kill();
        daemon.start();
        reconnect();
        assertThat(inspect(id).getContainer().getState()).isEqualTo(ContainerState.EXITED);
    }

    private static void kill(int pid) {
        assertThat(pid).isGreaterThan(1);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void oneThatRemovesItselfLeavesNothing() throws Exception {
        List<Path> before = pinned();
        String id = create(shell("gone", "exit 4").setAutoRemove(true));
        Path log = Path.of(inspect(id).getLogPath());
        start(id);
        assertThat(ended(id, WaitRequest.Condition.REMOVED)).isEqualTo(4);
        assertThat(list()).isEmpty();
        assertThat(log).doesNotExist();
        assertThat(pinned()).isEqualTo(before);
        assertThat(calls().explain(ExplainRequest.newBuilder().setId("gone").build()).getSummary())
                .contains("removed");
    }

    @Test
    void itsHealthIsTestedInside() throws Exception {
        String id =
                running(
                        shell("ill", "sleep 1; touch /ready; exec sleep 1000")
                                .setHealthCheck(
                                        HealthCheck.newBuilder()
                                                .addTest("CMD-SHELL")
                                                .addTest("test -e /ready")
                                                .setRetries(100)
                                                .setIntervalNanos(200_000_000)));
        assertThat(inspect(id).getContainer().getHealth()).isEqualTo(Health.STARTING);
        await(() -> inspect(id).getContainer().getHealth() == Health.HEALTHY, "health");
        assertThat(inspect(id).getHealthLogList()).isNotEmpty();
    }

    @Test
    void hasWhatDockerHasAndTheCriHasNot() throws Exception {
        String id =
                running(
                        shell(
                                        "extras",
                                        "ulimit -n; grep -c ' /fast tmpfs .*size=1024k' /proc/mounts; cat /proc/1/comm; df -k /dev/shm | tail -1 | grep -c 2048")
                                .setInit(true)
                                .setShmSize(2 << 20)
                                .addUlimits(
                                        Ulimit.newBuilder()
                                                .setName("nofile")
                                                .setSoft(77)
                                                .setHard(88))
                                .addTmpfs(
                                        TmpfsMount.newBuilder()
                                                .setTarget("/fast")
                                                .setSize(1 << 20)));
        assertThat(ended(id, WaitRequest.Condition.NOT_RUNNING)).isZero();
        assertThat(output(id)).startsWith("77", "1").endsWith("1").doesNotContain("sh");
    }

    @Test
    void pausesKillsAndExplains() throws Exception {
        String id = running(shell("frozen", "trap 'exit 7' USR1; while :; do sleep 0.1; done"));
        var _ = calls().pause(PauseRequest.newBuilder().setContainer("frozen").build());
        assertThat(inspect(id).getContainer().getState()).isEqualTo(ContainerState.PAUSED);
        daemon.kill();
        daemon.start();
        reconnect();
        assertThat(inspect(id).getContainer().getState()).isEqualTo(ContainerState.PAUSED);
        var _ = calls().unpause(UnpauseRequest.newBuilder().setContainer("frozen").build());
        var _ =
                calls().kill(
                                KillRequest.newBuilder()
                                        .setContainer("frozen")
                                        .setSignal("USR1")
                                        .build());
        assertThat(ended(id, WaitRequest.Condition.NOT_RUNNING)).isEqualTo(7);

        String broken =
                create(
                        shell("broken", "")
                                .setContainer(
                                        ContainerConfig.newBuilder()
                                                .setImage(
                                                        ImageSpec.newBuilder()
                                                                .setImage(Configs.BUSYBOX))
                                                .addCommand("/no/such/program")));
        assertThatThrownBy(() -> start(broken)).hasMessageContaining("/no/such/program");
        var said = calls().explain(ExplainRequest.newBuilder().setId("broken").build());
        assertThat(said.getSummary()).contains("could not be started", "/no/such/program");
        assertThat(said.getAdviceList()).isNotEmpty();
        assertThat(said.getStepsList()).anyMatch(step -> step.getFailed());
    }
}
