package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.SelinuxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelinuxTest {
    @TempDir Path temp;
    private Selinux selinux = Selinux.HOST;

    @BeforeEach
    void machine() throws IOException {
        selinux = new Selinux(temp.resolve("sys"), temp.resolve("etc"));
        Files.createDirectories(temp.resolve("sys"));
    }

    private void on() throws IOException {
        Files.writeString(temp.resolve("sys/enforce"), "1");
    }

    @Test
    void whereItIsOffThereAreNoLabels() {
        assertThat(selinux.labels(new SelinuxOptions("u", "r", "t", "s0"), false, "p"))
                .isEqualTo(Selinux.Labels.NONE);
    }

    @Test
    void withoutOptionsAPodsContainersShareALevelOfTheirOwn() throws IOException {
        on();
        Selinux.Labels first = selinux.labels(SelinuxOptions.NONE, false, "pod-1");
        assertThat(first).isEqualTo(selinux.labels(SelinuxOptions.NONE, false, "pod-1"));
        assertThat(first.process())
                .matches("system_u:system_r:container_t:s0:c[0-9]{1,4},c[0-9]{1,4}");
        String level = first.process().substring(first.process().indexOf("s0"));
        assertThat(first.files()).isEqualTo("system_u:object_r:container_file_t:" + level);
        assertThat(selinux.labels(SelinuxOptions.NONE, false, "pod-2")).isNotEqualTo(first);
        for (int i = 0; i < 2000; i++) {
            String label = selinux.labels(SelinuxOptions.NONE, false, "p" + i).process();
            String[] pair = label.substring(label.indexOf(":c") + 2).split(",c", 2);
            String[] last = pair[pair.length - 1].split(":", 2);
            assertThat(Integer.parseInt(last[0])).isBetween(1, 1023);
        }
    }

    @Test
    void givenPartsReplaceThePolicysOwn() throws IOException {
        on();
        Path contexts = Files.createDirectories(temp.resolve("etc/mls/contexts"));
        Files.writeString(temp.resolve("etc/config"), "# x\nSELINUXTYPE=mls\n");
        Files.writeString(
                contexts.resolve("lxc_contexts"),
                "process = \"a_u:a_r:a_t:s0\"\nfile = \"a_u:object_r:a_file_t:s0\"\n");
        assertThat(selinux.labels(new SelinuxOptions("", "", "my_t", "s0:c1,c2"), false, "p"))
                .isEqualTo(
                        new Selinux.Labels(
                                "a_u:a_r:my_t:s0:c1,c2", "a_u:object_r:a_file_t:s0:c1,c2"));
        assertThatThrownBy(
                        () -> selinux.labels(new SelinuxOptions("", "", "a b\n", ""), false, "p"))
                .hasMessageContaining("SELinux type");
    }

    @Test
    void aPrivilegedContainerHasOneOnlyWhenItAsks() throws IOException {
        on();
        assertThat(selinux.labels(SelinuxOptions.NONE, true, "p")).isEqualTo(Selinux.Labels.NONE);
        assertThat(selinux.labels(new SelinuxOptions("", "", "spc_t", ""), true, "p").process())
                .startsWith("system_u:system_r:spc_t:s0:c");
    }
}
