package dev.gantry.engine.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CdiTest {
    private static final String WHOLE =
            """
            cdiVersion: "1.1.0"
            kind: vendor.com/gpu
            annotations: {who: vendor}
            containerEdits:
              env: [COMMON=1]
              hooks:
              - {hookName: createContainer, path: /bin/hook, args: [hook, a], env: [X=y], timeout: 3}
            devices:
            - name: "0"
              annotations: {slot: left}
              containerEdits:
                env: ["PATH=/gpu", "GPU=0"]
                deviceNodes:
                - {path: /dev/gpu0, hostPath: /dev/null, permissions: rw, fileMode: 0640, uid: 7, gid: 8}
                - {path: /dev/fixed, type: c, major: 5, minor: 6}
                mounts:
                - {hostPath: /opt/lib, containerPath: /usr/lib/gpu, options: [ro, nosuid, bind]}
                - {hostPath: tmpfs, containerPath: /scratch, type: tmpfs, options: [size=1m]}
                additionalGids: [44, 0]
                intelRdt: {closID: a, l3CacheSchema: "L3:0=f", enableCMT: true}
            """;

    @TempDir Path temp;
    private Path low = Path.of("/");
    private Path high = Path.of("/");
    private CdiRegistry registry = new CdiRegistry(List.of());

    @BeforeEach
    void directories() {
        low = temp.resolve("etc");
        high = temp.resolve("run");
        registry = new CdiRegistry(List.of(low, high));
    }

    private static void put(Path directory, String name, String text) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name), text);
    }

    private static String json(String device, String env) {
        return """
               {"cdiVersion": "0.6.0", "kind": "v.com/x", "devices": [
                 {"name": "%s", "containerEdits": {"env": ["%s"]}}]}
               """
                .formatted(device, env);
    }

    private static OciSpec spec() {
        return SpecDefaults.spec(List.of("sh"));
    }

    @Test
    void allThatADeviceChanges() throws IOException {
        put(low, "gpu.yaml", WHOLE);
        OciSpec spec = registry.edits(List.of("vendor.com/gpu=0")).apply(spec());
        assertThat(spec.process().env()).containsExactly("PATH=/gpu", "COMMON=1", "GPU=0");
        assertThat(spec.process().user().additionalGids()).containsExactly(44L);
        assertThat(spec.linux().devices())
                .anySatisfy(
                        d -> {
                            assertThat(d.path()).isEqualTo("/dev/gpu0");
                            assertThat(d.major()).isEqualTo(1);
                            assertThat(d.minor()).isEqualTo(3);
                            assertThat(d.fileMode()).isEqualTo(OptionalInt.of(0640));
                            assertThat(d.uid()).hasValue(7);
                        })
                .anySatisfy(d -> assertThat(d.path()).isEqualTo("/dev/fixed"));
        assertThat(spec.linux().resources().devices())
                .contains(
                        OciDeviceRule.allow("c", 1, 3, "rw"),
                        OciDeviceRule.allow("c", 5, 6, "rwm"));
        assertThat(spec.mounts())
                .contains(
                        new OciMount(
                                "/usr/lib/gpu",
                                "bind",
                                "/opt/lib",
                                List.of("ro", "nosuid", "bind")),
                        new OciMount("/scratch", "tmpfs", "tmpfs", List.of("size=1m")));
        assertThat(spec.hooks().orElseThrow().createContainer())
                .containsExactly(
                        new OciHooks.Hook(
                                "/bin/hook",
                                List.of("hook", "a"),
                                List.of("X=y"),
                                OptionalInt.of(3)));
        assertThat(spec.linux().intelRdt().orElseThrow().closID()).isEqualTo("a");
    }

    @Test
    void aLaterDirectoryWinsAndTwoFilesOfOneAreInConflict() throws IOException {
        put(low, "a.json", json("d", "A=low"));
        put(high, "a.json", json("d", "A=high"));
        assertThat(env("v.com/x=d")).contains("A=high");
        put(high, "b.json", json("d", "A=other"));
        assertThatThrownBy(() -> registry.edits(List.of("v.com/x=d")))
                .hasMessageContaining("ambiguous")
                .hasMessageContaining("a.json")
                .hasMessageContaining("b.json");
        put(high, "c.json", json("d", "A=third"));
        assertThatThrownBy(() -> registry.edits(List.of("v.com/x=d")))
                .hasMessageContaining("ambiguous");
    }

    @Test
    void aConflictBelowIsSettledAbove() throws IOException {
        put(low, "a.json", json("d", "A=1"));
        put(low, "b.json", json("d", "A=2"));
        put(high, "c.json", json("d", "A=3"));
        assertThat(env("v.com/x=d")).contains("A=3");
    }

    @Test
    void changesAreSeenWithoutARestart() throws IOException {
        assertThatThrownBy(() -> env("v.com/x=d"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("v.com/x=d")
                .hasMessageContaining(low.toString())
                .hasMessageContaining(high.toString());
        put(high, "a.json", json("d", "A=1"));
        assertThat(env("v.com/x=d")).contains("A=1");
        put(high, "a.json", json("d", "A=second"));
        assertThat(env("v.com/x=d")).contains("A=second");
        Files.delete(high.resolve("a.json"));
        assertThatThrownBy(() -> env("v.com/x=d")).hasMessageContaining("v.com/x=d");
    }

    private List<String> env(String name) {
        return registry.edits(List.of(name)).apply(spec()).process().env();
    }

    @Test
    void aBrokenFileIsNamedAndSpoilsNoOther() throws IOException {
        put(low, "bad.json", "{\"cdiVersion\": \"0.6.0\", \"kind\": \"v.com/x\", \"devcies\": []}");
        put(low, "good.json", json("d", "A=1"));
        assertThat(env("v.com/x=d")).contains("A=1");
        assertThatThrownBy(() -> env("v.com/x=e"))
                .hasMessageContaining("bad.json")
                .hasMessageContaining("devcies");
        assertThatThrownBy(() -> env("nonsense")).hasMessageContaining("vendor.com/class=name");
    }

    @Test
    void whatIsWrongIsSaid() {
        refused("kind: vendor.com/gpu", "cdiVersion");
        refused("cdiVersion: 9.9.9\nkind: v.com/x", "9.9.9");
        refused("cdiVersion: 0.5.0\nkind: vx", "vendor/class");
        refused("cdiVersion: 0.5.0\nkind: v.com/x", "no devices");
        refused(device("{name: ' '}"), "device name");
        refused(device("{name: a}"), "no containerEdits");
        refused(device("{name: a, containerEdits: {env: [x]}}"), "NAME=VALUE");
        refused(device("{name: a, containerEdits: {deviceNodes: [{path: x}]}}"), "not absolute");
        refused(
                device("{name: a, containerEdits: {deviceNodes: [{path: /x, type: z}]}}"),
                "type \"z\"");
        refused(
                device("{name: a, containerEdits: {deviceNodes: [{path: /x, permissions: rx}]}}"),
                "permissions \"rx\"");
        refused(
                device("{name: a, containerEdits: {hooks: [{hookName: x, path: /x}]}}"),
                "hookName \"x\"");
        refused(device("{name: a, containerEdits: {mounts: [{hostPath: /x}]}}"), "containerPath");
        refused("", "empty");
        refused("[1, 2]", "");
        refused("a: &a [*a]", "");
    }

    private static String device(String device) {
        return "cdiVersion: 0.5.0\nkind: v.com/x\ndevices: [" + device + "]\n";
    }

    @Test
    void octalNumbersOfBothKindsAreOctal() throws IOException {
        for (String mode : List.of("0640", "0o640", "416")) {
            put(low, "gpu.yaml", WHOLE.replace("fileMode: 0640", "fileMode: " + mode));
            OciSpec spec =
                    new CdiRegistry(List.of(low)).edits(List.of("vendor.com/gpu=0")).apply(spec());
            assertThat(spec.linux().devices())
                    .filteredOn(d -> d.path().equals("/dev/gpu0"))
                    .singleElement()
                    .satisfies(d -> assertThat(d.fileMode()).hasValue(0640));
        }
        refused(WHOLE.replace("fileMode: 0640", "fileMode: 0o777777777777"), "fileMode");
        refused(WHOLE.replace("fileMode: 0640", "fileMode: 0o8"), "fileMode");
    }

    private static void refused(String yaml, String why) {
        assertThatThrownBy(() -> CdiParser.parse(yaml.getBytes(StandardCharsets.UTF_8), true))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why);
    }

    @Test
    void bombsAreRefused() {
        StringBuilder aliases = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            aliases.append("a%d: &a%d [".formatted(i, i))
                    .append(String.join(",", java.util.Collections.nCopies(5, "*a" + (i - 1))))
                    .append("]\n");
        }
        refused(aliases.toString(), "large");
        refused("[".repeat(5000) + "]".repeat(5000), "");
        byte[] deep =
                ("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}")
                        .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> CdiParser.parse(deep, false)).isInstanceOf(Failure.class);
    }

    /** Damaged files are refused in words or taken; nothing else ever happens. */
    @Test
    void damagedFilesAreRefusedInWords() {
        long seed = Long.getLong("gantry.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] yaml = WHOLE.getBytes(StandardCharsets.UTF_8);
        byte[] json = json("d", "A=1").getBytes(StandardCharsets.UTF_8);
        int taken = 0;
        for (int round = 0; round < 3000; round++) {
            boolean first = random.nextBoolean();
            byte[] damaged = (first ? yaml : json).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(128);
            }
            try {
                assertThat(CdiParser.parse(damaged, first).devices()).isNotEmpty();
                taken++;
            } catch (Failure e) {
                assertThat(e.code())
                        .as("seed %d, round %d: %s", seed, round, e.message())
                        .isEqualTo(Failure.Code.INVALID_ARGUMENT);
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }
}
