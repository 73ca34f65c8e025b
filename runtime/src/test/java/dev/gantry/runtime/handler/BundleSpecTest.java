package dev.gantry.runtime.handler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.IdMappings;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import dev.gantry.runtime.plan.Clone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BundleSpecTest {
    private static final IdMappings IDS = IdMappings.of(131072, 65536);
    private static final HostFacts FACTS = new HostFacts(-1, true, 0, true);

    private static JsonNode bundle(OciSpec spec, int pod, Map<OciNamespace.Type, Path> joined)
            throws IOException {
        OciSpec written =
                BundleSpec.of(
                        spec,
                        "/pod/container",
                        Path.of("/run/roots/rootfs"),
                        Optional.of(Path.of("/run/roots/shm")),
                        joined,
                        new PodRecord("0".repeat(64), "/pod", pod, ""),
                        FACTS);
        return new ObjectMapper().readTree(written.toJson());
    }

    private static OciSpec mapped() {
        OciSpec spec = SpecDefaults.spec(List.of("true"));
        var namespaces = new ArrayList<>(spec.linux().namespaces());
        namespaces.add(OciNamespace.of(OciNamespace.Type.USER));
        var mounts = new ArrayList<>(spec.mounts());
        mounts.add(OciMount.bind("/srv", "/data", List.of("rw")).withIds(IDS));
        mounts.add(OciMount.bind("/etc/hosts", "/etc/hosts", List.of("ro")));
        return spec.withMounts(mounts)
                .withLinux(
                        spec.linux()
                                .withNamespaces(namespaces)
                                .withUidMappings(OciIdMapping.of(IDS.uids()))
                                .withGidMappings(OciIdMapping.of(IDS.gids())));
    }

    private static String namespace(JsonNode bundle, String type) {
        for (JsonNode namespace : bundle.at("/linux/namespaces")) {
            if (namespace.path("type").asText().equals(type)) {
                return namespace.path("path").asText("");
            }
        }
        return "none";
    }

    @Test
    void aUserNamespaceIsJoinedAndItsIdsAreTold() throws Exception {
        JsonNode bundle =
                bundle(
                        mapped(),
                        Clone.NEWUSER | Clone.NEWNET | Clone.NEWIPC | Clone.NEWUTS,
                        Map.of(OciNamespace.Type.USER, Path.of("/proc/7/fd/9")));
        assertThat(namespace(bundle, "user")).isEqualTo("/proc/7/fd/9");
        assertThat(namespace(bundle, "network")).isEqualTo("none");
        assertThat(namespace(bundle, "pid")).isEmpty();
        for (String ids : List.of("uidMappings", "gidMappings")) {
            JsonNode mapping = bundle.path("linux").path(ids).path(0);
            assertThat(mapping.path("containerID").asLong(-1)).isZero();
            assertThat(mapping.path("hostID").asLong()).isEqualTo(131072);
            assertThat(mapping.path("size").asLong()).isEqualTo(65536);
        }
        assertThat(bundle.at("/root/path").asText()).isEqualTo("/run/roots/rootfs");
    }

    @Test
    void onlyVolumesThatAreToBeMappedAre() throws Exception {
        JsonNode bundle =
                bundle(
                        mapped(),
                        Clone.NEWUSER,
                        Map.of(OciNamespace.Type.USER, Path.of("/proc/7/fd/9")));
        List<String> with = new ArrayList<>();
        for (JsonNode mount : bundle.path("mounts")) {
            if (mount.path("uidMappings").path(0).path("hostID").asLong() == 131072
                    && mount.path("gidMappings").path(0).path("hostID").asLong() == 131072) {
                with.add(mount.path("destination").asText());
            }
        }
        assertThat(with).containsExactly("/data");
    }

    @Test
    void aSharedProcessNamespaceIsJoinedToo() throws Exception {
        JsonNode bundle =
                bundle(
                        mapped(),
                        Clone.NEWUSER | Clone.NEWPID,
                        Map.of(
                                OciNamespace.Type.USER,
                                Path.of("/proc/7/fd/9"),
                                OciNamespace.Type.PID,
                                Path.of("/proc/8/ns/pid")));
        assertThat(namespace(bundle, "pid")).isEqualTo("/proc/8/ns/pid");
        assertThat(namespace(bundle, "mount")).isEmpty();
    }

    @Test
    void withoutOneNothingOfItIsWritten() throws Exception {
        JsonNode bundle = bundle(SpecDefaults.spec(List.of("true")), Clone.NEWNET, Map.of());
        assertThat(namespace(bundle, "user")).isEqualTo("none");
        assertThat(bundle.at("/linux/uidMappings").isMissingNode()).isTrue();
        assertThat(bundle.findValues("uidMappings")).isEmpty();
    }
}
