package dev.gantry.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PidFdTest {
    @Test
    void signalsAndWaits() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        try (PidFd pidFd = PidFd.open((int) process.pid()).orElseThrow()) {
            assertThat(pidFd.awaitEnd(Duration.ZERO)).isFalse();
            assertThat(pidFd.signal(Signals.SIGKILL)).isTrue();
            assertThat(pidFd.awaitEnd(Duration.ofSeconds(30))).isTrue();
            assertThat(process.waitFor()).isEqualTo(128 + Signals.SIGKILL);
            assertThat(pidFd.signal(Signals.SIGKILL)).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void findsNoProcessOfANumberThatIsNone() throws Exception {
        assertThat(PidFd.open(Integer.MAX_VALUE)).isEmpty();
    }
}
