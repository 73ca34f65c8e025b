package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The walk through the whole house with the real crictl, a real registry, real CNI plugins and both
 * runtime handlers.
 */
@Tag("root")
@Tag("go")
class CrictlTest extends WithDaemon {
    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void walksFromPullToRemoval(String handler) throws Exception {
        String name = "walk" + (handler.isEmpty() ? "" : "-" + handler);
        assertThat(ok("pull", Configs.BUSYBOX)).contains("Image is up to date");
        assertThat(ok("images"))
                .contains("registry.k8s.io/e2e-test-images/busybox")
                .contains("1.29-2");

        String podConfig = configs.pod(name, "");
        String pod = runPod(handler, podConfig);
        assertThat(ok("pods", "-q", "--no-trunc")).contains(pod);
        String address =
                ok("inspectp", "-o", "go-template", "--template", "{{.status.network.ip}}", pod);
        assertThat(address).matches("10\\.\\d+\\.\\d+\\.\\d+");

        String config =
                configs.shell(
                        name,
                        "echo out-$((40+2)); echo err >&2; trap 'exit 7' TERM; while :; do sleep 0.1; done",
                        "");
        String container = ok("create", pod, config, podConfig);
        assertThat(ok("ps", "-a", "--state", "Created", "-q", "--no-trunc")).contains(container);
        ok("start", container);
        await(
                () -> daemon.crictl("logs", container).stdout().contains("out-42"),
                "the container's output");
        assertThat(daemon.crictl("logs", container).stderr()).contains("err");
        assertThat(Files.readString(configs.log(name, name)))
                .containsPattern(
                        "(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z stdout F out-42$");

        assertThat(ok("exec", "-s", container, "hostname")).isEqualTo(name);
        Command.Result failed =
                daemon.crictl("exec", "-s", container, "sh", "-c", "echo no >&2; exit 9");
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.stderr()).contains("no").contains("9");
        assertThat(ok("exec", "-s", container, "ip", "-4", "addr", "show", "eth0"))
                .contains(address);
        assertThat(ok("stats", "-o", "json", container)).contains("\"workingSetBytes\"");

        ok("stop", "--timeout", "10", container);
        assertThat(
                        ok(
                                "inspect",
                                "-o",
                                "go-template",
                                "--template",
                                "{{.status.state}} {{.status.exitCode}}",
                                container))
                .isEqualTo("CONTAINER_EXITED 7");
        ok("rm", container);
        ok("stopp", pod);
        ok("rmp", pod);
        assertThat(ok("pods", "-q", "--no-trunc")).doesNotContain(pod);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void nginxAnswersOnThePodsAddressAndOnAHostPort(String handler) throws Exception {
        String name = "nginx" + (handler.isEmpty() ? "" : "-" + handler);
        int port = handler.isEmpty() ? 18080 : 18081;
        ok("pull", Configs.NGINX);
        String podConfig =
                configs.pod(
                        name,
                        ", \"port_mappings\": [{\"container_port\": 80, \"host_port\": %d, \"protocol\": 0}]"
                                .formatted(port));
        String pod = runPod(handler, podConfig);
        String container = ok("create", pod, configs.container(name, Configs.NGINX, ""), podConfig);
        ok("start", container);
        String address =
                ok("inspectp", "-o", "go-template", "--template", "{{.status.network.ip}}", pod);
        await(
                () -> fetch("http://" + address + "/").contains("Welcome to nginx!"),
                "nginx on the pod's address");
        // loopback needs route_localnet, which portmap sets on the bridge's side only for
        // non-loopback addresses of the host
        String gateway = address.substring(0, address.lastIndexOf('.')) + ".1";
        assertThat(fetch("http://" + gateway + ":" + port + "/")).contains("Welcome to nginx!");
        ok("rmp", "-f", pod);
        assertThat(fetch("http://" + gateway + ":" + port + "/")).isEmpty();
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(daemon.crictl("pull", "registry.k8s.io/no/such:image").stderr())
                .contains("no/such")
                .contains("NotFound");
        assertThat(daemon.crictl("inspect", "0123456789ab").stderr()).contains("NotFound");
    }

    @Test
    void removesAnImage() {
        ok("pull", "registry.k8s.io/pause:3.9");
        ok("rmi", "registry.k8s.io/pause:3.9");
        assertThat(ok("images")).doesNotContain("registry.k8s.io/pause");
    }

    @Test
    void saysThatItIsReady() {
        assertThat(ok("info")).contains("RuntimeReady").contains("NetworkReady");
        assertThat(
                        ok(
                                "info",
                                "-o",
                                "go-template",
                                "--template",
                                "{{range .status.conditions}}{{.type}}={{.status}} {{end}}"))
                .contains("RuntimeReady=true")
                .contains("NetworkReady=true");
        assertThat(ok("imagefsinfo")).contains("usedBytes");
    }

    private static String fetch(String url) {
        return Command.run(host.inside("curl", "-s", "-m", "5", url)).stdout();
    }
}
