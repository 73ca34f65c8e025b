package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.DeviceConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.runtime.oci.OciDevice;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScopeTest {
    @TempDir Path dir;
    private House house;

    @BeforeEach
    void open() {
        house = new House(dir);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void idsAndPrefixesMeanWhatIsInTheScope() {
        String cri = house.runPod("a");
        String local = house.engine.runPod(Scope.LOCAL, House.pod("a"), "");
        String inCri = house.create(cri, "c");
        String inLocal = house.create(local, "c");

        assertThat(house.engine.podId(Scope.CRI, cri)).isEqualTo(cri);
        assertThat(house.engine.podId(Scope.LOCAL, local.substring(0, 20))).isEqualTo(local);
        assertThat(house.engine.containerId(Scope.LOCAL, inLocal)).isEqualTo(inLocal);
        assertThat(house.engine.containerId(Scope.CRI, inCri.substring(0, 20))).isEqualTo(inCri);

        foreign(() -> house.engine.podId(Scope.CRI, local));
        foreign(() -> house.engine.podId(Scope.LOCAL, cri.substring(0, 20)));
        foreign(() -> house.engine.containerId(Scope.CRI, inLocal.substring(0, 20)));
        foreign(() -> house.engine.containerId(Scope.LOCAL, inCri));
    }

    @Test
    void whatNobodyKnowsIsLeftToEachCall() {
        assertThat(house.engine.podId(Scope.CRI, "none")).isEqualTo("none");
        assertThat(house.engine.containerId(Scope.LOCAL, "none")).isEqualTo("none");
    }

    @Test
    void theSpecificationOfAContainerIsOcis() {
        String id = house.create(house.runPod("a"), "c");
        OciSpec spec =
                OciSpec.parse(house.engine.specification(id).getBytes(StandardCharsets.UTF_8));
        assertThat(spec.process().args()).containsExactly("/bin/true");
        assertThatThrownBy(() -> house.engine.specification("none")).hasMessageContaining("none");
    }

    /** Its device is gone, and what it runs with is still shown. */
    @Test
    void theSpecificationOfARunningContainerIsTheOneItWasStartedWith() throws Exception {
        Path device = Files.createFile(dir.resolve("device"));
        Files.delete(device);
        Files.createSymbolicLink(device, Path.of("/dev/null"));
        String pod = house.runPod("a");
        String id =
                house.engine.createContainer(
                        pod,
                        ContainerConfig.named("c", "busybox", "/bin/true")
                                .withDevices(
                                        List.of(
                                                new DeviceConfig(
                                                        device.toString(), "/dev/mine", "rw"))));
        house.engine.startContainer(id);
        Files.delete(device);
        OciSpec spec =
                OciSpec.parse(house.engine.specification(id).getBytes(StandardCharsets.UTF_8));
        assertThat(spec.linux().devices()).extracting(OciDevice::path).contains("/dev/mine");
    }

    private static void foreign(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.NOT_FOUND))
                .hasMessageContaining("in the scope");
    }
}
