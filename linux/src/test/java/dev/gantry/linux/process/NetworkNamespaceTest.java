package dev.gantry.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.ErrnoException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("root")
@Timeout(60)
class NetworkNamespaceTest {
    private static String own() throws java.io.IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @Test
    void theActionIsInsideAndTheCallerIsNot() throws Exception {
        Process sleeper = new ProcessBuilder("unshare", "--net", "sleep", "60").start();
        try {
            Path pin = Path.of("/proc/" + sleeper.pid() + "/ns/net");
            String before = own();
            while (Files.readSymbolicLink(pin).toString().equals(before)) {
                Thread.sleep(5);
            }
            assertThat(NetworkNamespace.inside(pin, NetworkNamespaceTest::own))
                    .isEqualTo(Files.readSymbolicLink(pin).toString());
            assertThat(own()).isEqualTo(before);
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void aPinThatIsGoneIsSaid() {
        assertThatThrownBy(() -> NetworkNamespace.inside(Path.of("/run/netns/no-such"), () -> 1))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("/run/netns/no-such")
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> NetworkNamespace.inside(Path.of("/proc/self/cmdline"), () -> 1))
                .hasMessageContaining("EINVAL");
    }
}
