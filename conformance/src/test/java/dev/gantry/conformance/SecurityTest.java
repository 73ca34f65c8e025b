package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers may do and what devices they get, with real containers of both handlers. */
@Tag("root")
@Tag("go")
class SecurityTest extends WithDaemon {
    @BeforeAll
    static void pull() {
        ok("pull", Configs.BUSYBOX);
        ok("pull", Configs.NGINX);
    }

    private static String context(String members) {
        return "{\"security_context\": {" + members + "}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aLocalhostProfileTestsArguments(String handler) throws Exception {
        Path profile =
                Files.writeString(
                        host.work().resolve("profile.json"),
                        """
                        {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                         "syscalls": [
                          {"names": ["chmod", "fchmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28,
                           "args": [{"index": 1, "value": 2048, "valueTwo": 2048, "op": "SCMP_CMP_MASKED_EQ"}]},
                          {"names": ["fchmodat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28,
                           "args": [{"index": 2, "value": 2048, "valueTwo": 2048, "op": "SCMP_CMP_MASKED_EQ"}]}]}
                        """);
        String seccomp =
                "\"seccomp\": {\"profile_type\": 2, \"localhost_ref\": \"" + profile + "\"}";
        try (Pod pod = Pod.run("seccomp", handler)) {
            String said =
                    pod.output(
                            configs.shell(
                                    pod.name(),
                                    "touch /f; chmod 755 /f && echo plain; chmod 4755 /f; grep Seccomp: /proc/self/status",
                                    context(seccomp),
                                    ""));
            assertThat(said)
                    .contains("plain")
                    .contains("No space left")
                    .containsPattern("Seccomp:\\s+2");
            String none = seccomp.replace("profile.json", "none.json");
            assertThat(pod.refused(configs.shell(pod.name() + "-2", "true", context(none), "")))
                    .contains("none.json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void anImageIsAVolumeAndAPartOfOneToo(String handler) throws Exception {
        String mounts =
                ", \"mounts\": [{\"container_path\": \"/whole\", \"image\": {\"image\": \"%1$s\"}, \"readonly\": true},"
                                .formatted(Configs.NGINX)
                        + " {\"container_path\": \"/part/of\", \"image\": {\"image\": \"%1$s\"}, \"image_sub_path\": \"%2$s\"}]";
        try (Pod pod = Pod.run("volume", handler)) {
            String said =
                    pod.output(
                            configs.shell(
                                    pod.name(),
                                    "cat /whole/etc/passwd | head -n 1; cat /part/of/passwd | head -n 1; touch /whole/x; touch /part/of/x",
                                    "{}",
                                    mounts.formatted(Configs.NGINX, "etc")));
            assertThat(said.lines().filter(l -> l.startsWith("root:x:0"))).hasSize(2);
            assertThat(said.lines().filter(l -> l.contains("Read-only file system"))).hasSize(2);
            assertThat(
                            pod.refused(
                                    configs.shell(
                                            pod.name() + "-2",
                                            "true",
                                            "{}",
                                            mounts.formatted(Configs.NGINX, "no/such"))))
                    .contains("no/such");
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("/volumes/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aCdiDeviceBringsItsHooksMountsAndNodes(String handler) throws Exception {
        Path state = host.work().resolve("state" + handler);
        Path after = host.work().resolve("after" + handler);
        Files.createDirectories(daemon.cdi());
        Files.writeString(
                daemon.cdi().resolve("vendor.yaml"),
                """
                cdiVersion: "0.6.0"
                kind: vendor.com/%1$s
                devices:
                - name: one
                  containerEdits:
                    env: [GPU=one]
                    deviceNodes: [{path: /dev/mine, hostPath: /dev/null, permissions: rw}]
                    mounts: [{hostPath: /etc/hostname, containerPath: /vendor/name, options: [ro, bind]}]
                    hooks:
                    - {hookName: createRuntime, path: /bin/sh, args: [sh, -c, "cat > %2$s"]}
                    - {hookName: createContainer, path: /bin/sh, args: [sh, -c, "exec 3>&2; cat >/dev/null"]}
                    - {hookName: poststop, path: /bin/sh, args: [sh, -c, "echo ended > %3$s"]}
                - name: broken
                  containerEdits:
                    hooks: [{hookName: createContainer, path: /bin/sh, args: [sh, -c, "echo no such card >&2; exit 5"]}]
                """
                        .formatted("class" + handler, state, after));
        String device = ", \"CDI_devices\": [{\"name\": \"vendor.com/class%s=%s\"}]";
        try (Pod pod = Pod.run("cdi", handler)) {
            String said =
                    pod.output(
                            configs.shell(
                                    pod.name(),
                                    "echo $GPU; test -c /dev/mine && echo x > /dev/mine && echo node; cat /vendor/name && echo mounted",
                                    "{}",
                                    device.formatted(handler, "one")));
            assertThat(said).contains("one").contains("node").contains("mounted");
            assertThat(Files.readString(state)).contains("\"pid\"").contains("\"bundle\"");
            assertThat(
                            pod.refused(
                                    configs.shell(
                                            pod.name() + "-2",
                                            "true",
                                            "{}",
                                            device.formatted(handler, "two"))))
                    .contains("vendor.com/class" + handler + "=two")
                    .contains(daemon.cdi().toString());
            assertThat(
                            pod.refused(
                                    configs.shell(
                                            pod.name() + "-3",
                                            "true",
                                            "{}",
                                            device.formatted(handler, "broken"))))
                    .contains("hook");
        }
        assertThat(Files.readString(after)).isEqualTo("ended\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void aContainerSeesTheProcessesOfItsTarget(String handler) throws Exception {
        try (Pod pod = Pod.run("target", handler)) {
            String first = pod.start(configs.shell(pod.name(), "exec sleep 4321", "{}", ""));
            String target =
                    context(
                            "\"namespace_options\": {\"pid\": 3, \"target_id\": \""
                                    + first
                                    + "\"}");
            assertThat(
                            pod.output(
                                    configs.shell(
                                            pod.name() + "-2", "cat /proc/1/cmdline", target, "")))
                    .contains("4321");
            ok("stop", "--timeout", "0", first);
            assertThat(pod.refused(configs.shell(pod.name() + "-3", "true", target, "")))
                    .contains("not running");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "runc"})
    void withoutPrivilegesThereAreFewCapabilitiesAndAmbientOnesReachAUser(String handler)
            throws Exception {
        String members =
                "\"run_as_user\": {\"value\": 1234}, \"run_as_group\": {\"value\": 5}, \"no_new_privs\": true, "
                        + "\"capabilities\": {\"drop_capabilities\": [\"ALL\"], \"add_ambient_capabilities\": [\"NET_BIND_SERVICE\"]}";
        try (Pod pod = Pod.run("caps", handler)) {
            String said =
                    pod.output(
                            configs.shell(
                                    pod.name(),
                                    "id -u; grep -E '^(CapEff|CapAmb|CapBnd|NoNewPrivs):' /proc/self/status",
                                    context(members),
                                    ""));
            for (String line :
                    List.of(
                            "CapEff:\t0000000000000400",
                            "CapAmb:\t0000000000000400",
                            "CapBnd:\t0000000000000400",
                            "NoNewPrivs:\t1")) {
                assertThat(said).contains(line);
            }
            assertThat(said).contains("1234");
        }
    }
}
