package dev.gantry.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Resources;
import dev.gantry.runtime.seccomp.SeccompProfiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OciSpecTest {
    private static final Resources LIMITS =
            new Resources(
                    512,
                    50000,
                    100000,
                    "0-1",
                    "",
                    1 << 20,
                    0,
                    10,
                    OptionalInt.empty(),
                    Map.of("2MB", 0L),
                    Map.of());

    private static OciSpec rich() {
        OciSpec spec = SpecDefaults.spec(List.of("/bin/sh"));
        return spec.withProcess(
                        spec.process()
                                .withRlimits(List.of(new OciRlimit("RLIMIT_CORE", -1, 0)))
                                .withOomScoreAdj(OptionalInt.of(-5)))
                .withLinux(
                        spec.linux()
                                .withSeccomp(
                                        Optional.of(
                                                SeccompProfiles.defaults(
                                                        Set.copyOf(SpecDefaults.CAPABILITIES))))
                                .withResources(spec.linux().resources().with(LIMITS)));
    }

    @Test
    void comesBackFromItsJson() {
        assertThat(OciSpec.parse(rich().toJson())).isEqualTo(rich());
    }

    @Test
    void isWhatTheSpecificationNames() throws Exception {
        JsonNode json = new ObjectMapper().readTree(rich().toJson());
        assertThat(json.at("/process/rlimits/0/hard").bigIntegerValue())
                .isEqualTo("18446744073709551615");
        assertThat(json.at("/process/rlimits/0/soft").asLong(-1)).isZero();
        assertThat(json.at("/process/user/uid").asLong(-1)).isZero();
        assertThat(json.at("/process/user").has("additionalGids")).isFalse();
        assertThat(json.at("/process").has("apparmorProfile")).isFalse();
        assertThat(json.has("hooks")).isFalse();
        assertThat(json.at("/linux/namespaces/0")).hasToString("{\"type\":\"mount\"}");
        assertThat(json.at("/linux/resources/memory")).hasToString("{\"limit\":1048576}");
        assertThat(json.at("/linux/resources/cpu"))
                .hasToString("{\"shares\":512,\"quota\":50000,\"period\":100000,\"cpus\":\"0-1\"}");
        assertThat(json.at("/linux/resources/devices/0"))
                .hasToString("{\"allow\":false,\"type\":\"a\",\"access\":\"rwm\"}");
    }

    @Test
    void readsWhatLeavesMostOut() {
        String text =
                """
                {"ociVersion":"1.0.0","process":{"user":{"uid":1,"gid":2},"args":null,"cwd":"/"},
                 "root":{"path":"r"},"linux":{"unknown":1}}
                """;
        OciSpec spec = OciSpec.parse(text.getBytes(StandardCharsets.UTF_8));
        assertThat(spec.process().args()).isEmpty();
        assertThat(spec.mounts()).isEmpty();
        assertThat(spec.linux().cgroupsPath()).isEmpty();
        assertThat(spec.linux().seccomp()).isEmpty();
    }
}
