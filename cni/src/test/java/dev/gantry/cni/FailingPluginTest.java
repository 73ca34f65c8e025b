package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that err, hang, vanish or babble, and a daemon that is killed in the middle of ADD. */
class FailingPluginTest {
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path directory;
    private ScriptedPlugins plugins;
    private Database database;
    private Path netns;

    @BeforeEach
    void open() throws IOException {
        plugins = new ScriptedPlugins(directory);
        plugins.write("first", Map.of("ADD", ScriptedPlugins.RESULT));
        plugins.write("third", Map.of("ADD", ScriptedPlugins.RESULT));
        netns = Files.createFile(directory.resolve("netns"));
        Files.createDirectories(directory.resolve("net.d"));
        Files.writeString(
                directory.resolve("net.d/10-net.conflist"),
                """
                {"cniVersion": "1.0.0", "name": "net", "plugins": [
                  {"type": "first"}, {"type": "second"}, {"type": "third"}]}
                """);
        database = openDatabase();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aFailingAddIsUndoneAndSaysWhatThePluginSaid() throws IOException {
        second(
                """
                echo 'cannot reach the fabric' >&2
                echo '{"cniVersion":"1.0.0","code":7,"msg":"bad subnet","details":"10/99"}'; exit 1
                """);

        Failure failure = attachFails(LONG);

        assertThat(failure)
                .hasMessageContaining("ADD of plugin second of network net")
                .hasMessageContaining("10-net.conflist")
                .hasMessageContaining("exited 1: bad subnet: 10/99")
                .hasMessageContaining("its stderr: cannot reach the fabric")
                .hasMessageContaining("CNI error 7");
        assertThat(plugins.calls())
                .containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
        assertThat(networks(LONG).recorded()).isEmpty();
    }

    @Test
    void tryAgainLaterIsUnavailable() throws IOException {
        second("echo '{\"code\":11,\"msg\":\"starting\"}'; exit 1");
        assertThat(attachFails(LONG).code()).isEqualTo(Failure.Code.UNAVAILABLE);
    }

    @Test
    void wordsThatAreNoJsonAndNoResultAtAllAreToldAsTheyAre() throws IOException {
        second("echo 'panic: nil map'; exit 2");
        assertThat(attachFails(LONG)).hasMessageContaining("exited 2, saying: panic: nil map");
        second("exit 0");
        assertThat(attachFails(LONG)).hasMessageContaining("printed no result that can be read");
        second("kill -9 $$");
        assertThat(attachFails(LONG)).hasMessageContaining("was ended by signal 9");
        second("echo '{\"ips\":[{\"address\":\"10.0.0.300/24\"}]}'");
        assertThat(attachFails(LONG)).hasMessageContaining("10.0.0.300/24");
        assertThat(networks(LONG).recorded()).isEmpty();
    }

    @Test
    void aHangingPluginIsKilledAtTheDeadlineWithItsChildren() throws Exception {
        second("echo 'waiting for the agent' >&2; sleep 1000 & echo $! > " + child() + "; wait");

        Failure failure = attachFails(SHORT);

        assertThat(failure.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
        assertThat(failure)
                .hasMessageContaining("plugin second of network net")
                .hasMessageContaining("did not end within 3 s and was killed")
                .hasMessageContaining("its stderr: waiting for the agent");
        assertEnds(child());
        assertThat(plugins.calls())
                .containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
    }

    @Test
    void aPluginThatLeavesAChildWithItsOutputHoldsNobodyUp() throws Exception {
        plugins.write(
                "second",
                Map.of("ADD", "sleep 1000 & echo $! > " + child() + "\n" + ScriptedPlugins.RESULT));

        assertThat(networks(LONG).attach(pod()).addresses()).hasSize(2);

        long pid = Long.parseLong(Files.readString(child()).strip());
        ProcessHandle left = ProcessHandle.of(pid).orElseThrow();
        assertThat(left.isAlive()).as("a plugin's daemon is its own affair").isTrue();
        left.destroyForcibly();
    }

    @Test
    void endlessOutputIsCutOff() throws IOException {
        second("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
        Failure failure = attachFails(LONG);
        assertThat(failure.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED);
        assertThat(failure).hasMessageContaining("wrote more than 1048576 bytes and was killed");

        second("head -c 10000000 /dev/zero | tr '\\0' e >&2; exit 3");
        assertThat(attachFails(LONG).message())
                .contains("exited 3; its stderr: eee")
                .hasSizeLessThan(3_000);
    }

    @Test
    void aFailingDeleteKeepsTheRecordAndGoesOnWhereItStopped() throws IOException {
        plugins.write(
                "second", Map.of("ADD", ScriptedPlugins.RESULT, "DEL", "echo busy >&2; exit 1"));
        PodNetworks networks = networks(LONG);
        networks.attach(pod());
        plugins.forgetCalls();

        assertThat(detachFails()).hasMessageContaining("DEL of plugin second", "busy");
        assertThat(networks.recorded()).containsExactly(Pods.id(1));
        assertThat(networks.find(Pods.id(1))).as("no longer whole").isEmpty();
        plugins.write("second", Map.of());
        networks(LONG).detach(Pods.id(1), Optional.of(netns));

        assertThat(plugins.calls())
                .containsExactly("DEL third", "DEL second", "DEL second", "DEL first");
        assertThat(networks.recorded()).isEmpty();
    }

    @Test
    void aVanishedPluginIsNamedAndDetachWorksWhenItIsBack() throws IOException {
        plugins.write("second", Map.of("ADD", ScriptedPlugins.RESULT));
        networks(LONG).attach(pod());
        Files.move(plugins.bin.resolve("first"), plugins.bin.resolve("hidden"));

        assertThat(detachFails())
                .hasMessageContaining("DEL of plugin first")
                .hasMessageContaining("no program \"first\" in " + plugins.bin);

        Files.move(plugins.bin.resolve("hidden"), plugins.bin.resolve("first"));
        networks(LONG).detach(Pods.id(1), Optional.of(netns));
        assertThat(networks(LONG).recorded()).isEmpty();
    }

    @Test
    void aPluginThatKnowsNothingOfThePodHasDeletedIt() throws IOException {
        plugins.write(
                "second",
                Map.of(
                        "ADD",
                        ScriptedPlugins.RESULT,
                        "DEL",
                        "echo '{\"code\":3,\"msg\":\"unknown\"}'; exit 1"));
        networks(LONG).attach(pod());
        networks(LONG).detach(Pods.id(1), Optional.of(netns));
        assertThat(plugins.calls()).endsWith("DEL third", "DEL second", "DEL first");
    }

    @Test
    void whenUndoingFailsTooBothAreSaidAndTheRecordStays() throws IOException {
        plugins.write("second", Map.of("ADD", "exit 4", "DEL", "exit 5"));

        assertThat(attachFails(LONG))
                .hasMessageContaining("ADD of plugin second")
                .hasMessageContaining("exited 4; undoing it failed too")
                .hasMessageContaining("exited 5");
        assertThat(networks(LONG).recorded()).containsExactly(Pods.id(1));

        plugins.write("second", Map.of("ADD", ScriptedPlugins.RESULT));
        plugins.forgetCalls();
        assertThat(networks(LONG).attach(pod()).addresses()).hasSize(2);
        assertThat(plugins.calls())
                .containsExactly("DEL second", "DEL first", "ADD first", "ADD second", "ADD third");
    }

    @Test
    void whatADaemonKilledInTheMiddleOfAddLeftIsUndone() throws Exception {
        second("sleep 1000 & echo $! > " + child() + "; echo begun; wait");
        database.close();
        Process daemon =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Daemon.class.getName(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            while (!Files.exists(child()) || Files.size(child()) == 0) {
                assertThat(daemon.isAlive()).isTrue();
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } finally {
            daemon.destroyForcibly().waitFor();
        }

        database = openDatabase();
        assertThat(networks(LONG).recorded()).containsExactly(Pods.id(1));
        networks(LONG).detach(Pods.id(1), Optional.of(netns));

        assertEnds(child());
        assertThat(plugins.calls())
                .containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
        assertThat(networks(LONG).recorded()).isEmpty();
    }

    /** The daemon that is killed: it attaches the pod in the directory that it is given. */
    static final class Daemon {
        private Daemon() {}

        public static void main(String[] args) throws IOException {
            Path directory = Path.of(args[0]);
            Database database =
                    Database.open(directory.resolve("gantry.db"), PodNetworks.migrations());
            open(directory, database, LONG).attach(Pods.pod(1, directory.resolve("netns")));
        }
    }

    @Test
    void anInterruptDoesNotCutACallShortAndIsKept() throws Exception {
        second("touch " + child() + "; sleep 0.3\n" + ScriptedPlugins.RESULT);
        PodNetworks networks = networks(LONG);
        boolean[] kept = new boolean[1];
        Thread caller =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    networks.attach(pod());
                                    kept[0] = Thread.currentThread().isInterrupted();
                                });
        while (!Files.exists(child())) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        caller.interrupt();
        caller.join();

        assertThat(networks.find(Pods.id(1))).isPresent();
        assertThat(kept[0]).isTrue();
    }

    private Failure attachFails(Duration deadline) {
        return catchThrowableOfType(Failure.class, () -> networks(deadline).attach(pod()));
    }

    private Failure detachFails() {
        return catchThrowableOfType(
                Failure.class, () -> networks(LONG).detach(Pods.id(1), Optional.of(netns)));
    }

    private void second(String add) throws IOException {
        plugins.write("second", Map.of("ADD", add));
    }

    private Path child() {
        return directory.resolve("child");
    }

    private Attachment pod() {
        return Pods.pod(1, netns);
    }

    private PodNetworks networks(Duration deadline) {
        return open(directory, database, deadline);
    }

    private static PodNetworks open(Path directory, Database database, Duration deadline) {
        return PodNetworks.open(
                new CniSettings(
                        directory.resolve("net.d"), List.of(directory.resolve("bin")), deadline),
                database);
    }

    private Database openDatabase() {
        return Database.open(directory.resolve("gantry.db"), PodNetworks.migrations());
    }

    /** Waits for the process whose id is in the file to be gone, or dead and not yet reaped. */
    private static void assertEnds(Path pidFile) throws Exception {
        Path status = Path.of("/proc", Files.readString(pidFile).strip(), "status");
        for (int i = 0; i < 1_000; i++) {
            if (!Files.exists(status) || Files.readString(status).contains("State:\tZ")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(status).content().contains("State:\tZ");
    }
}
