package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group that somebody else removes: systemd collects a scope when the last process has ended. */
final class VanishingGroupTest {
    private static final int ROUNDS = 2000;

    @TempDir private Path root;

    @Test
    void isKilledAndThawedWithoutAWord() throws Exception {
        Path group = root.resolve("group");
        Cgroup cgroup = new CgroupV2("/group", root, group);
        var done = new AtomicBoolean();
        Thread systemd = Thread.ofPlatform().start(() -> comeAndGo(group, done));
        try {
            for (int round = 0; round < ROUNDS; round++) {
                cgroup.kill();
                cgroup.thaw();
            }
        } finally {
            done.set(true);
            systemd.join();
        }
        assertThat(group).doesNotExist();
    }

    @Test
    void aRefusalOfAGroupThatIsThereIsTold() throws IOException {
        Path file = Files.createDirectories(root.resolve("group/cgroup.kill"));
        assertThatThrownBy(() -> CgroupFiles.writeIfThere(file, "1"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("set %s to 1", file);
    }

    private static void comeAndGo(Path group, AtomicBoolean done) {
        Path kill = group.resolve("cgroup.kill");
        Path freeze = group.resolve("cgroup.freeze");
        try {
            while (!done.get()) {
                Files.createDirectories(group);
                Files.writeString(kill, "0");
                Files.writeString(freeze, "1");
                Files.delete(kill);
                Files.delete(freeze);
                Files.delete(group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
