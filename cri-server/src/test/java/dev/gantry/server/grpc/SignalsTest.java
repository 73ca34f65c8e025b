package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.Signal;
import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void everySignalOfTheInterfaceHasALinuxNumber() {
        for (Signal signal : Signal.values()) {
            if (signal != Signal.UNRECOGNIZED && signal != Signal.RUNTIME_DEFAULT) {
                assertThat(Signals.text(signal)).as(signal.name()).matches("[1-9][0-9]?");
            }
        }
        assertThat(Signals.text(Signal.RUNTIME_DEFAULT)).isEmpty();
    }

    @Test
    void theNumbersAreLinux() {
        assertThat(Signals.text(Signal.SIGHUP)).isEqualTo("1");
        assertThat(Signals.text(Signal.SIGKILL)).isEqualTo("9");
        assertThat(Signals.text(Signal.SIGTERM)).isEqualTo("15");
        assertThat(Signals.text(Signal.SIGCLD)).isEqualTo("17");
        assertThat(Signals.text(Signal.SIGPOLL)).isEqualTo("29");
        assertThat(Signals.text(Signal.SIGSYS)).isEqualTo("31");
        assertThat(Signals.text(Signal.SIGRTMIN)).isEqualTo("34");
        assertThat(Signals.text(Signal.SIGRTMINPLUS3)).isEqualTo("37");
        assertThat(Signals.text(Signal.SIGRTMAXMINUS14)).isEqualTo("50");
        assertThat(Signals.text(Signal.SIGRTMAX)).isEqualTo("64");
    }

    @Test
    void aNumberComesBackAsItsName() {
        for (int n = 1; n <= 64; n++) {
            if (n != 32 && n != 33) {
                assertThat(Signals.text(Signals.named(n))).isEqualTo(Integer.toString(n));
            }
        }
        assertThat(Signals.named(0)).isEqualTo(Signal.RUNTIME_DEFAULT);
        assertThat(Signals.named(33)).isEqualTo(Signal.RUNTIME_DEFAULT);
    }

    @Test
    void aSignalOfANewerInterfaceIsRefused() {
        assertThatThrownBy(() -> Signals.text(Signal.UNRECOGNIZED)).isInstanceOf(Failure.class);
    }
}
