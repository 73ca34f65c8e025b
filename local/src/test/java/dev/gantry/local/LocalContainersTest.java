package dev.gantry.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.PodState;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.journal.Journal;
import dev.gantry.engine.journal.Step;
import dev.gantry.engine.journal.Trouble;
import dev.gantry.local.LocalContainer.Status;
import dev.gantry.local.RestartPolicy.Condition;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import dev.gantry.model.PortMapping;
import dev.gantry.networks.NetworkSettings;
import dev.gantry.networks.Networks;
import dev.gantry.state.Database;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalContainersTest {
    private static final RestartPolicy ALWAYS = new RestartPolicy(Condition.ALWAYS, 0);
    private static final RestartPolicy UNLESS_STOPPED =
            new RestartPolicy(Condition.UNLESS_STOPPED, 0);

    @TempDir Path temp;
    private final FakeMachine machine = new FakeMachine();
    private final LocalEvents events = new LocalEvents();
    private final LinkedBlockingQueue<String> actions = new LinkedBlockingQueue<>();
    private Database database;
    private LocalContainers room;
    private Networks networks;

    @BeforeEach
    void open() {
        machine.journal = Journal.open(temp.resolve("journal"));
        database = Database.open(temp.resolve("db"), LocalContainers.migrations());
        var _ = events.listen(Optional.empty(), event -> actions.add(event.action()));
        networks = Networks.open(NetworkSettings.below(temp));
        room = opened();
    }

    private LocalContainers opened() {
        return LiveContainers.open(
                new LocalSettings(temp.resolve("local")),
                database,
                machine,
                Volumes.NONE,
                networks,
                events);
    }

    private static void wasInjected(Step step) {
        assertThat(step.trouble().map(Trouble::message).orElse("")).contains("injected");
    }

    /** kill -9 and a new daemon. */
    private void restart() {
        machine.deaf();
        room.close();
        room = opened();
    }

    @AfterEach
    void close() {
        room.close();
        machine.journal.close();
        networks.close();
        database.close();
    }

    private LocalContainer create(String name, ContainerSpec.Settings settings) {
        return room.create(
                ContainerSpec.of(
                        name,
                        PodConfig.named(new PodName("x", "x", "x", 0), NamespaceOptions.DEFAULT),
                        ContainerConfig.named("x", "busybox", "sleep", "9"),
                        settings));
    }

    private static ContainerSpec.Settings with(RestartPolicy policy) {
        return ContainerSpec.Settings.DEFAULT.withRestart(policy);
    }

    private String running(String name, ContainerSpec.Settings settings) {
        String id = create(name, settings).id();
        room.start(id);
        return id;
    }

    private Status status(String id) {
        return room.inspect(id).status();
    }

    private void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private long starts() {
        return machine.calls.stream().filter("startAgain"::equals).count();
    }

    @Test
    void aContainerIsMadeWithItsPodAndNothingRuns() {
        LocalContainer made = create("", ContainerSpec.Settings.DEFAULT);
        assertThat(made.name()).matches("[a-z]+_[a-z]+");
        assertThat(made.status()).isEqualTo(Status.CREATED);
        assertThat(made.pod().config().hostname()).isEqualTo(made.id().substring(0, 12));
        assertThat(starts()).isZero();
    }

    @Test
    void aNameIsHadOnceAndIsFreeAfterARemoval() {
        String id = create("web", ContainerSpec.Settings.DEFAULT).id();
        assertThatThrownBy(() -> create("web", ContainerSpec.Settings.DEFAULT))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.ALREADY_EXISTS))
                .hasMessageContaining(id);
        room.remove("web", false, false);
        assertThat(create("web", ContainerSpec.Settings.DEFAULT).id()).isNotEqualTo(id);
        assertThatThrownBy(() -> create("a/b", ContainerSpec.Settings.DEFAULT))
                .hasMessageContaining("invalid container name");
    }

    @Test
    void aReferenceIsAnIdANameOrTheOnlyBeginning() {
        String first = create("one", ContainerSpec.Settings.DEFAULT).id();
        // A name that is also the beginning of an id means the name.
        String second = create(first.substring(0, 4), ContainerSpec.Settings.DEFAULT).id();
        assertThat(room.inspect(first).id()).isEqualTo(first);
        assertThat(room.inspect("/one").id()).isEqualTo(first);
        assertThat(room.inspect(first.substring(0, 4)).id()).isEqualTo(second);
        assertThat(room.inspect(first.substring(0, 20)).id()).isEqualTo(first);
        assertThatThrownBy(() -> room.inspect("nobody"))
                .hasMessageContaining("no such container: nobody");
    }

    @Test
    void whatFailsWhileItIsMadeLeavesNothing() {
        for (String step : List.of("preparePod", "createContainer")) {
            machine.failing = step;
            assertThatThrownBy(() -> create("web", ContainerSpec.Settings.DEFAULT))
                    .hasMessageContaining("injected");
            machine.failing = "";
            assertThat(machine.pods).isEmpty();
            assertThat(room.list()).isEmpty();
            assertThat(room.explain("web").steps()).anySatisfy(LocalContainersTest::wasInjected);
        }
        create("web", ContainerSpec.Settings.DEFAULT);
    }

    @Test
    void whatAKilledDaemonWasMakingIsTakenBack() {
        Entry half = Entry.reserved("ab".repeat(32), "half", ContainerSpec.Settings.DEFAULT);
        new EntryTable(database).insert(half);
        var _ =
                machine.preparePod(
                        PodConfig.named(LocalSettings.podName(half.id()), NamespaceOptions.DEFAULT),
                        "");
        restart();
        assertThat(machine.pods).isEmpty();
        assertThat(room.list()).isEmpty();
        create("half", ContainerSpec.Settings.DEFAULT);
    }

    @Test
    void anEndStopsThePodAndIsToldOnce() throws Exception {
        String id = running("web", ContainerSpec.Settings.DEFAULT);
        Waiting waiting = room.waitFor(id, WaitCondition.NOT_RUNNING);
        machine.end(id, 3);
        assertThat(waiting.await()).isEqualTo(3);
        assertThat(machine.calls).contains("stopPod");
        assertThat(status(id)).isEqualTo(Status.EXITED);
        assertThat(actions).containsExactly("create", "start", "die");
        assertThat(room.explain("web").summary()).contains("exit code 3");
        assertThat(room.waitFor(id, WaitCondition.NOT_RUNNING).await()).isEqualTo(3);
    }

    @Test
    void alwaysIsStartedAgainUntilAPersonStopsIt() throws Exception {
        String id = running("web", with(ALWAYS));
        machine.end(id, 0);
        until(() -> starts() == 2);
        until(() -> status(id) == Status.RUNNING);
        assertThat(room.inspect(id).restarts()).isEqualTo(1);
        assertThat(machine.calls).doesNotContain("stopPod");
        room.stop(id, Optional.empty(), 0);
        assertThat(machine.calls).contains("stopContainer 10 0", "stopPod");
        assertThat(status(id)).isEqualTo(Status.EXITED);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    void aPortOfTheNodeIsOneContainersOnly() throws Exception {
        int port;
        try (ServerSocket held = new ServerSocket(0)) {
            port = held.getLocalPort();
            String late = publishing("late", port);
            assertThatThrownBy(() -> room.start(late))
                    .hasMessageContaining("already allocated")
                    .hasMessageContaining("a process");
        }
        room.start(publishing("first", port));
        String second = publishing("second", port);
        assertThatThrownBy(() -> room.start(second))
                .hasMessageContaining("already allocated")
                .hasMessageContaining("container first");
        // The same as a pod of kubelet's, which is there when the container has gone.
        machine.kubelets.addAll(
                machine.pods.values().stream().filter(p -> p.state() == PodState.READY).toList());
        room.stop("first", Optional.empty(), 0);
        assertThatThrownBy(() -> room.start(second))
                .hasMessageContaining("already allocated")
                .hasMessageContaining("kubelet's pod");
        machine.kubelets.clear();
        room.start(second);
    }

    private String publishing(String name, int port) {
        PodConfig pod =
                PodConfig.named(new PodName("x", "x", "x", 0), NamespaceOptions.DEFAULT)
                        .withPorts(
                                List.of(new PortMapping(PortMapping.Protocol.TCP, 80, port, "")));
        return room.create(
                        ContainerSpec.of(
                                name,
                                pod,
                                ContainerConfig.named("x", "busybox", "sleep", "9"),
                                ContainerSpec.Settings.DEFAULT))
                .id();
    }

    @Test
    void aStopCallsOffARestartThatWaits() throws Exception {
        String id = running("web", with(ALWAYS));
        for (int i = 1; i <= 4; i++) {
            int seen = i;
            until(() -> starts() == seen && status(id) == Status.RUNNING);
            machine.end(id, 1);
        }
        until(() -> status(id) == Status.RESTARTING);
        room.stop(id, Optional.empty(), 0);
        assertThat(status(id)).isEqualTo(Status.EXITED);
        assertThat(machine.calls.getLast()).isEqualTo("stopPod");
    }

    @Test
    void onFailureGivesUpAtItsMaximum() throws Exception {
        String id = running("web", with(new RestartPolicy(Condition.ON_FAILURE, 1)));
        machine.end(id, 1);
        until(() -> starts() == 2 && status(id) == Status.RUNNING);
        Waiting waiting = room.waitFor(id, WaitCondition.NOT_RUNNING);
        machine.end(id, 2);
        assertThat(waiting.await()).isEqualTo(2);
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    void theNextDaemonGoesOnWithRestartPolicies() throws Exception {
        String always = running("always", with(ALWAYS));
        String stopped = running("stopped", with(UNLESS_STOPPED));
        String unless = running("unless", with(UNLESS_STOPPED));
        String no = running("no", ContainerSpec.Settings.DEFAULT);
        String still = running("still", with(ALWAYS));
        room.stop(stopped, Optional.empty(), 0);
        room.stop(always, Optional.empty(), 0);
        machine.deaf();
        machine.end(unless, 1);
        machine.end(no, 5);
        restart();
        until(() -> status(always) == Status.RUNNING && status(unless) == Status.RUNNING);
        assertThat(status(stopped)).isEqualTo(Status.EXITED);
        assertThat(status(still)).isEqualTo(Status.RUNNING);
        assertThat(status(no)).isEqualTo(Status.EXITED);
        assertThat(room.waitFor(no, WaitCondition.NOT_RUNNING).await()).isEqualTo(5);
        assertThat(machine.pods.get(room.inspect(no).pod().id()))
                .satisfies(pod -> assertThat(pod.ready()).isFalse());
    }

    @Test
    void oneThatRemovesItselfDoesSoAlsoUnderTheNextDaemon() throws Exception {
        ContainerSpec.Settings rm =
                new ContainerSpec.Settings(RestartPolicy.NO, HealthConfig.NONE, true, 10, true, "");
        String id = running("web", rm);
        Waiting removed = room.waitFor(id, WaitCondition.REMOVED);
        machine.end(id, 4);
        assertThat(removed.await()).isEqualTo(4);
        assertThat(machine.pods).isEmpty();
        String other = running("web", rm);
        machine.deaf();
        machine.end(other, 0);
        restart();
        assertThat(room.list()).isEmpty();
        assertThat(machine.pods).isEmpty();
        String again = running("web", rm);
        room.restart(again, Optional.empty(), 0);
        assertThat(status(again)).isEqualTo(Status.RUNNING);
        assertThatThrownBy(
                        () ->
                                create(
                                        "both",
                                        new ContainerSpec.Settings(
                                                ALWAYS, HealthConfig.NONE, true, 10, true, "")))
                .hasMessageContaining("conflicting options");
    }

    @Test
    void whatRunsIsRemovedByForceOnly() {
        String id = running("web", ContainerSpec.Settings.DEFAULT);
        assertThatThrownBy(() -> room.remove(id, false, false))
                .hasMessageContaining("it is running");
        room.remove(id, true, true);
        assertThat(room.list()).isEmpty();
        assertThat(actions).containsExactly("create", "start", "kill", "die", "destroy");
        assertThat(room.explain("web").summary())
                .isEqualTo("it is gone: the container was removed");
    }

    @Test
    void aStartThatFailsIsNotTriedAgainForAPerson() {
        String id = create("web", with(ALWAYS)).id();
        machine.failing = "startAgain";
        assertThatThrownBy(() -> room.start(id)).hasMessageContaining("injected");
        machine.failing = "";
        assertThat(starts()).isEqualTo(1);
        assertThat(room.explain(id).steps()).anySatisfy(LocalContainersTest::wasInjected);
        room.start(id);
        assertThat(status(id)).isEqualTo(Status.RUNNING);
    }

    @Test
    void aHealthCheckOfTheImageIsDoneAndTold() throws Exception {
        machine.health =
                new HealthConfig(
                        List.of("CMD-SHELL", "test -e /ready"),
                        Duration.ofMillis(5),
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        Duration.ZERO,
                        2);
        machine.probe = 1;
        String id = running("web", ContainerSpec.Settings.DEFAULT);
        until(() -> room.inspect(id).health().status() == HealthState.Status.UNHEALTHY);
        machine.probe = 0;
        until(() -> room.inspect(id).health().status() == HealthState.Status.HEALTHY);
        assertThat(machine.calls).contains("exec /bin/sh -c test -e /ready");
        assertThat(room.inspect(id).health().log()).hasSizeLessThanOrEqualTo(5);
        assertThat(actions).contains("health_status: unhealthy", "health_status: healthy");
        room.stop(id, Optional.empty(), 0);
    }

    @Test
    void prunedIsWhatDoesNotRun() {
        String runs = running("runs", ContainerSpec.Settings.DEFAULT);
        String idle = create("idle", ContainerSpec.Settings.DEFAULT).id();
        assertThat(room.prune(_ -> true)).containsExactly(idle);
        assertThat(room.list()).extracting(LocalContainer::id).containsExactly(runs);
        room.rename(runs, "other");
        assertThat(room.inspect("other").id()).isEqualTo(runs);
    }

    @Test
    void restartsWaitLongerEachTimeUntilOneRunsForAWhile() {
        Backoff backoff = new Backoff();
        assertThat(backoff.after(Duration.ZERO)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.after(Duration.ofSeconds(9))).isEqualTo(Duration.ofMillis(200));
        for (int i = 0; i < 20; i++) {
            var _ = backoff.after(Duration.ZERO);
        }
        assertThat(backoff.after(Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
        assertThat(backoff.after(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(100));
    }
}
