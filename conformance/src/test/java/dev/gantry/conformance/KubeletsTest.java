package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** People look at kubelet's containers with the command, and change them only by force. */
@Tag("root")
@Tag("go")
class KubeletsTest extends WithDaemon {
    private static final String SCRIPT =
            "echo hello; touch /made; trap 'exit 5' TERM; while :; do sleep 0.1; done";

    @BeforeEach
    void pull() {
        present(Configs.BUSYBOX);
    }

    private static String cri(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--scope", "cri"));
        all.addAll(List.of(arguments));
        return gantry.run(all.toArray(String[]::new)).orFail().stdout();
    }

    @Test
    void looksAtThem() throws Exception {
        String ports = ", \"port_mappings\": [{\"container_port\": 80, \"host_port\": 18080}]";
        try (Pod pod = Pod.run("seen", "", ports)) {
            String id = pod.start(configs.shell("seen", SCRIPT, ""));
            await(() -> cri("logs", id).contains("hello"), "its output");
            assertThat(cri("top", id)).contains("PID");
            assertThat(cri("stats", "--no-stream", "seen")).contains(id.substring(0, 12));
            assertThat(cri("inspect", "default/seen/seen")).contains(id);
            assertThat(cri("port", id)).contains("80/tcp -> ").contains(":18080");
            assertThat(cri("diff", id)).contains("A /made");
            assertThat(cri("explain", id)).contains("it runs", "kubelet's");
            CompletableFuture<String> waits =
                    CompletableFuture.supplyAsync(() -> cri("wait", id).strip());
            assertThat(cri("stop", "--force", id).strip()).isEqualTo(id);
            assertThat(waits.get()).isEqualTo("5");
            assertThat(cri("wait", id).strip()).isEqualTo("5");
        }
    }

    @Test
    void changesThemByForceAndSaysWhy() throws Exception {
        try (Pod pod = Pod.run("theirs", "")) {
            String id = pod.start(configs.shell("theirs", SCRIPT, ""));
            for (String verb : List.of("stop", "kill", "restart", "pause")) {
                assertThat(gantry.failed(verb, id))
                        .as(verb)
                        .contains(
                                "belongs to kubelet (pod theirs of namespace default)", "--force");
            }
            // Docker's -f is for what runs; whose it is must be said.
            assertThat(gantry.failed("rm", "-f", id))
                    .contains("belongs to kubelet", "gantry --scope cri rm --force " + id);
            assertThat(gantry.failed("--scope", "cri", "start", id)).contains("use kubectl");
            assertThat(cri("inspect", "-f", "{{.State.Status}}", id).strip()).isEqualTo("running");
            var _ = cri("pause", "--force", id);
            assertThat(cri("inspect", "-f", "{{.State.Status}}", id).strip()).isEqualTo("paused");
            var _ = cri("unpause", id);
            var _ = cri("rm", "--force", id);
            assertThat(ok("ps", "-a", "-q")).isEmpty();
            daemon.kill();
            daemon.start();
            String now = Long.toString(System.currentTimeMillis() / 1000 + 1);
            assertThat(
                            cri(
                                    "events",
                                    "--since",
                                    "1h",
                                    "--until",
                                    now,
                                    "--filter",
                                    "container=" + id))
                    .contains("container create", "container start", "container destroy");
        }
    }
}
