package dev.gantry.imagestore.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakenProjectsTest {
    @TempDir Path etc;

    @Test
    void readsBothFiles() throws IOException {
        Files.writeString(
                etc.resolve("projects"),
                """
                # projects of this machine
                10:/srv/one
                1048577:/var/lib/kubelet/pods/x/volumes/y
                no number:/srv
                """);
        Files.writeString(
                etc.resolve("projid"),
                """
                #off:5
                one:10
                volume1048578:1048578
                strange line
                """);
        assertThat(TakenProjects.in(etc)).containsExactlyInAnyOrder(10L, 1048577L, 1048578L);
    }

    @Test
    void withoutTheFilesNoneIsTaken() {
        assertThat(TakenProjects.in(etc)).isEmpty();
    }
}
