package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.runtime.CgroupDriver;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlicesTest {
    private static final String POD = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "kubepods-burstable-pod12_34.slice,"
                + " /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12_34.slice",
        "/kubepods.slice/kubepods-pod1.slice, /kubepods.slice/kubepods-pod1.slice",
        "gantry.slice, /gantry.slice",
        "-.slice, /"
    })
    void aSliceIsFoundByItsName(String slice, String path) {
        assertThat(Slices.expand(slice)).isEqualTo(path);
        String group = CgroupDriver.SYSTEMD.podCgroup(slice, POD);
        assertThat(group).isEqualTo((path + "/gantry-" + POD + ".scope").replace("//", "/"));
        assertThat(Slices.isScope(group)).isTrue();
        assertThat(Slices.expand(Slices.parent(group))).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/kubepods/pod1",
                ".slice",
                "a--b.slice",
                "-a.slice",
                "a-.slice",
                "--.slice",
                "a b.slice",
                "a\nb.slice",
                "/elsewhere/kubepods-pod1.slice",
                "/../kubepods.slice/kubepods-pod1.slice",
                "kubepods.slice:gantry:1"
            })
    void whatIsNoSliceIsRefused(String parent) {
        assertThatThrownBy(() -> CgroupDriver.SYSTEMD.podCgroup(parent, POD))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("slice");
    }

    @Test
    void theDriverThatKubeletMeansIsNamed() {
        assertThatThrownBy(() -> CgroupDriver.CGROUPFS.podCgroup("kubepods-pod1.slice", POD))
                .hasMessageContaining("runtime.cgroup-driver is cgroupfs");
        assertThatThrownBy(() -> CgroupDriver.SYSTEMD.podCgroup("/kubepods/pod1", POD))
                .hasMessageContaining("runtime.cgroup-driver is systemd");
    }

    @Test
    void pathsArePutInOrder() {
        assertThat(CgroupDriver.CGROUPFS.podCgroup("kubepods//pod1/", POD))
                .isEqualTo("/kubepods/pod1/" + POD);
        assertThat(CgroupDriver.CGROUPFS.podCgroup("/", POD)).isEqualTo("/" + POD);
    }

    /** Whatever a parent is, the group that comes of it lies below the mount, or there is none. */
    @Test
    void noParentLeadsOutOfTheHierarchy() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "../..//aé-.slice\u0000\n\u007f :\\";
        Path mount = Path.of("/sys/fs/cgroup");
        for (int i = 0; i < 20_000; i++) {
            var parent = new StringBuilder();
            for (int n = random.nextInt(24); n > 0; n--) {
                parent.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            parent.append(random.nextInt(3) == 0 ? ".slice" : "");
            for (CgroupDriver driver : CgroupDriver.values()) {
                String path;
                try {
                    path = driver.podCgroup(parent.toString(), POD);
                } catch (Failure e) {
                    assertThat(e.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT);
                    continue;
                }
                assertThat(mount.resolve(path.substring(1)).normalize())
                        .as("seed %d, parent \"%s\"", seed, parent)
                        .hasToString(mount + path);
            }
        }
    }
}
