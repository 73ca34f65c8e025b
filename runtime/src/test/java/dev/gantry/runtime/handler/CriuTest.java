package dev.gantry.runtime.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where CRIU is looked for, and what is told of its log. */
class CriuTest {
    @TempDir Path dir;

    @Test
    void aNodeWithoutCriuIsToldWhatToInstall() throws Exception {
        Path other = Files.createDirectory(dir.resolve("bin"));
        assertThatThrownBy(() -> Criu.find(List.of(other, dir.resolve("no such"))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("install the package criu")
                .hasMessageContaining(other.toString());
        Path program = Files.writeString(other.resolve("criu"), "");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        assertThat(Criu.find(List.of(dir, other))).isEqualTo(program);
    }

    @Test
    void theFirstErrorsOfItsLogAreTheReason() throws Exception {
        Path log = dir.resolve("restore.log");
        Failure failure = Failure.internal("exited with 1");
        assertThat(Criu.explain(failure, log)).isSameAs(failure);
        Files.writeString(
                log,
                """
                (00.01) Error (criu/util.c:1): rlimit: Can't setup RLIMIT_NOFILE for self: no
                (00.02) Warn  (criu/a.c:1): something
                (00.03) Error (criu/mount.c:1): No mapping for /data mountpoint
                """);
        assertThat(Criu.explain(failure, log).message())
                .contains("No mapping for /data mountpoint")
                .doesNotContain("RLIMIT");
    }

    @Test
    void onlyPipesAmongTheDescriptorsAreReplaced() throws Exception {
        Path file = dir.resolve("descriptors.json");
        Files.writeString(file, "[\"/dev/null\",\"pipe:[47]\",\"pipe:[48]:/etc\"]");
        assertThat(Descriptors.inherited(dir)).containsExactly("--inherit-fd", "fd[1]:pipe:[47]");
        for (String bad : List.of("[", " ".repeat(70_000))) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> Descriptors.inherited(dir))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT));
        }
        Files.delete(file);
        assertThatThrownBy(() -> Descriptors.inherited(dir))
                .hasMessageContaining("no readable descriptors.json");
    }
}
