package dev.gantry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.args.Parser;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.SecurityProfile.ProfileType;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.RestartPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateRequestsTest {
    @TempDir private Path here;

    private CreateRequest request(String... line) {
        Map<String, String> variables = Map.of("HERE", "yes");
        return new CreateRequests(
                        new Parser(RunOptions.run(), /* optionsFirst= */ true).parse(List.of(line)),
                        here,
                        name -> Optional.ofNullable(variables.get(name)))
                .request();
    }

    @Test
    void whatFollowsTheImageIsTheCommand() {
        CreateRequest request = request("-it", "--name", "web", "nginx:1.27", "sh", "-c", "ls -l");
        assertThat(request.getName()).isEqualTo("web");
        assertThat(request.getContainer().getImage().getImage()).isEqualTo("nginx:1.27");
        assertThat(request.getContainer().getArgsList()).containsExactly("sh", "-c", "ls -l");
        assertThat(request.getContainer().getCommandList()).isEmpty();
        assertThat(request.getContainer().getTty()).isTrue();
        assertThat(request.getContainer().getStdin()).isTrue();
    }

    @Test
    void anEntrypointLeavesTheImagesCommandOut() {
        CreateRequest request = request("--entrypoint", "/bin/sh", "nginx", "-c", "id");
        assertThat(request.getContainer().getCommandList()).containsExactly("/bin/sh");
        assertThat(request.getContainer().getArgsList()).containsExactly("-c", "id");
    }

    @Test
    void anEmptyEntrypointMakesTheWordsTheCommand() {
        assertThat(request("--entrypoint", "", "nginx", "id").getContainer().getCommandList())
                .containsExactly("id");
        assertThatThrownBy(() -> request("--entrypoint", "", "nginx"))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("no command specified");
    }

    @Test
    void theEnvironmentComesFromFilesFirst() throws IOException {
        Path file =
                Files.writeString(
                        here.resolve("env"), "# none\n\nA=1\nB=two words\nHERE\nNOWHERE\n");
        CreateRequest request =
                request("--env-file", file.toString(), "-e", "A=3", "-e", "HERE", "x");
        assertThat(
                        request.getContainer().getEnvsList().stream()
                                .map(e -> e.getKey() + "=" + e.getValue()))
                .containsExactly("A=1", "B=two words", "HERE=yes", "A=3", "HERE=yes");
    }

    @Test
    void withoutOptionsAContainerIsConfinedAsDockersAre() {
        LinuxContainerSecurityContext security =
                request("x").getContainer().getLinux().getSecurityContext();
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.RuntimeDefault);
        assertThat(security.getMaskedPathsList()).contains("/proc/kcore", "/sys/firmware");
        assertThat(security.getReadonlyPathsList()).contains("/proc/sys");
        assertThat(security.getNamespaceOptions().getPid()).isEqualTo(NamespaceMode.CONTAINER);
    }

    @Test
    void securityOptionsAreTakenApart() throws IOException {
        Files.writeString(here.resolve("seccomp.json"), "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}\n");
        LinuxContainerSecurityContext security =
                request(
                                "--cap-add",
                                "cap_net_admin",
                                "--cap-drop=ALL",
                                "--security-opt",
                                "no-new-privileges",
                                "--security-opt",
                                "seccomp=seccomp.json",
                                "--security-opt",
                                "systempaths=unconfined",
                                "x")
                        .getContainer()
                        .getLinux()
                        .getSecurityContext();
        assertThat(security.getCapabilities().getAddCapabilitiesList())
                .containsExactly("NET_ADMIN");
        assertThat(security.getCapabilities().getDropCapabilitiesList()).containsExactly("ALL");
        assertThat(security.getNoNewPrivs()).isTrue();
        assertThat(security.getSeccomp().getLocalhostRef())
                .isEqualTo("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}");
        assertThat(security.getMaskedPathsList()).isEmpty();
    }

    @Test
    void limitsAreInTheKernelsUnits() {
        CreateRequest request =
                request(
                        "-m",
                        "1.5g",
                        "--memory-reservation",
                        "1g",
                        "--cpus",
                        "1.5",
                        "--pids-limit",
                        "100",
                        "--cpuset-cpus",
                        "0-2,7",
                        "x");
        var limits = request.getContainer().getLinux().getResources();
        assertThat(limits.getMemoryLimitInBytes()).isEqualTo(1536L << 20);
        assertThat(limits.getCpuQuota()).isEqualTo(150_000);
        assertThat(limits.getCpuPeriod()).isEqualTo(100_000);
        assertThat(request.getLimits().getPids()).isEqualTo(100);
        assertThat(request.getLimits().getMemoryReservation()).isEqualTo(1L << 30);
        assertThat(request("--pids-limit", "-1", "x").getLimits().getPids()).isEqualTo(-1);
    }

    @Test
    void aHealthCheckIsAShellsCommand() {
        var check =
                request(
                                "--health-cmd",
                                "curl -f localhost",
                                "--health-interval",
                                "1m30s",
                                "--health-retries",
                                "2",
                                "x")
                        .getHealthCheck();
        assertThat(check.getTestList()).containsExactly("CMD-SHELL", "curl -f localhost");
        assertThat(check.getIntervalNanos()).isEqualTo(90_000_000_000L);
        assertThat(check.getRetries()).isEqualTo(2);
        assertThat(request("--no-healthcheck", "x").getHealthCheck().getTestList())
                .containsExactly("NONE");
        assertThat(request("x").hasHealthCheck()).isFalse();
    }

    @Test
    void restartPoliciesAreDockers() {
        RestartPolicy policy = request("--restart", "on-failure:3", "x").getRestartPolicy();
        assertThat(policy.getCondition()).isEqualTo(RestartPolicy.Condition.ON_FAILURE);
        assertThat(policy.getMaximumRetries()).isEqualTo(3);
    }

    @Test
    void aNetworkMayBeGivenWithItsNames() {
        var network =
                request("--network", "name=web,alias=db,ip=10.89.1.7", "--network-alias", "pg", "x")
                        .getNetwork();
        assertThat(network.getName()).isEqualTo("web");
        assertThat(network.getAliasesList()).containsExactly("db", "pg");
        assertThat(network.getIpv4()).isEqualTo("10.89.1.7");
    }

    @Test
    void allThatIsMountedHasAPlaceOfItsOwn() {
        CreateRequest request =
                request(
                        "-v",
                        "data:/data",
                        "--mount",
                        "type=tmpfs,target=/scratch,tmpfs-size=64m",
                        "--tmpfs",
                        "/run",
                        "x");
        assertThat(request.getVolumesList()).hasSize(1);
        assertThat(request.getTmpfsList()).hasSize(2);
        assertThat(request.getTmpfs(0).getSize()).isEqualTo(64 << 20);
        assertThatThrownBy(() -> request("-v", "a1:/data", "--tmpfs", "/data", "x"))
                .hasMessageContaining("duplicate mount point: /data");
    }

    /** What is wrong is named with its option, and with what would be right. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rm --restart always x | cannot specify both --restart and --rm",
                "--restart sometimes x | unknown policy 'sometimes'",
                "--restart always:3 x | maximum retry count can only be used with 'on-failure'",
                "-m 1m x | minimum memory limit allowed is 6MB",
                "-m 64q x | write a number and a unit",
                "--cpus 1 --cpu-quota 5000 x | --cpus cannot be set together",
                "-w rel x | needs to be an absolute path",
                "--name a/b x | invalid container name",
                "--ulimit nofile=5:4 x | soft limit must be less than or equal to hard limit",
                "--ulimit files=5 x | invalid ulimit type: files",
                "--network host --network-alias a x | only supported for user-defined networks",
                "--network container:web -p 80:80 x | conflicting options: --publish and --network container:web",
                "--network a --network b x | a container has one network",
                "--dns example.org x | example.org is not an ip address",
                "--add-host web x | bad format for add-host",
                "--log-driver syslog x | there is no such log driver here",
                "--log-opt max-file=3 x | it needs max-size",
                "--gpus all x | --gpus is not supported: name the devices by the Container Device Interface",
                "--security-opt foo=1 x | invalid security option",
                "--no-healthcheck --health-cmd a x | conflicts with --health-* options",
                "--health-interval 1us x | cannot be less than 1ms",
                "--userns keep-id x | only \"host\" can be given",
                "--uts host -h web x | hostname and the UTS mode",
                "--device sda x | bad format for a device",
                "-e =x x | invalid environment variable"
            })
    void isRefused(String line, String why) {
        assertThatThrownBy(() -> request(line.split(" ", -1)))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining(why);
    }
}
