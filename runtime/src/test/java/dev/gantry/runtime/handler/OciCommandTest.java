package dev.gantry.runtime.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;
import dev.gantry.runtime.HandlerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of what an OCI runtime writes into its log. */
class OciCommandTest {
    private static final String RUNC =
            "runc create failed: unable to start container process: error during container init: ";

    @TempDir Path dir;

    private Failure explained(String said, Failure failure) throws IOException {
        Path log = dir.resolve("log.json");
        Files.writeString(
                log,
                "{\"level\":\"warning\",\"msg\":\"exec: \\\"x\\\": permission denied\"}\n"
                        + "{\"level\":\"error\",\"msg\":\"%s\"}\n"
                                .formatted(said.replace("\"", "\\\"")));
        return new OciCommand(new HandlerConfig.Oci(Path.of("/usr/bin/runc"), dir), log)
                .explain(failure);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    exec: "/no/such": stat /no/such: no such file or directory; 2
                    exec: "nosuch": executable file not found in $PATH; 2
                    exec: "/etc/passwd": permission denied; 13
                    exec: "/etc": is a directory; 13
                    exec /bin/odd: exec format error; 8
                    chdir to cwd ("/no") set in config.json failed: no such file or directory; 2
                    executable file `/no/such` not found in $PATH: No such file or directory; 2
                    open executable: Permission denied; 13
                    """)
    void aCommandThatCannotBeInvokedIsToldByItsErrno(String words, int errno) throws IOException {
        Failure cause = Failure.internal("exited with 1");
        Failure said = explained(RUNC + words, cause);
        assertThat(said.commandErrno()).isEqualTo(errno);
        assertThat(said.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThat(said).hasMessage("runc: " + RUNC + words).hasCause(cause);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    error mounting "/srv" to rootfs at "/srv": stat /srv: no such file or directory
                    open /proc/sys/net/core/somaxconn: permission denied
                    error running hook #0: fork/exec /hook: exec format error
                    """)
    void whatElseFailsIsNotTheCommands(String words) throws IOException {
        assertThat(explained(RUNC + words, Failure.internal("exited with 1")).commandErrno())
                .isZero();
    }

    @Test
    void aRuntimeThatIsMissingIsNotTheCommandEither() {
        Failure missing = Failure.command("exec \"/usr/bin/runc\": no such file", Errno.ENOENT);
        Failure said =
                new OciCommand(
                                new HandlerConfig.Oci(Path.of("/usr/bin/runc"), dir),
                                dir.resolve("none.json"))
                        .explain(missing);
        assertThat(said.commandErrno()).isZero();
        assertThat(said).hasMessageContaining("/usr/bin/runc");
    }
}
