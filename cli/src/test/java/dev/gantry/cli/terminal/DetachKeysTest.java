package dev.gantry.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.cli.args.UsageError;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DetachKeysTest {
    private static DetachKeys.Typed type(DetachKeys keys, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return keys.typed(bytes, bytes.length);
    }

    @Test
    void letGoEvenWhenTypedInTwoReads() {
        DetachKeys keys = DetachKeys.of(DetachKeys.STANDARD);
        DetachKeys.Typed first = type(keys, "ls\u0010");
        assertThat(first.bytes().toStringUtf8()).isEqualTo("ls");
        assertThat(first.detached()).isFalse();
        assertThat(type(keys, "\u0011").detached()).isTrue();
    }

    @Test
    void keysThatWereNotMeantArePassedOn() {
        DetachKeys keys = DetachKeys.of(DetachKeys.STANDARD);
        assertThat(type(keys, "\u0010").bytes().isEmpty()).isTrue();
        assertThat(type(keys, "a").bytes().toStringUtf8()).isEqualTo("\u0010a");
        assertThat(type(keys, "\u0010\u0010\u0011").detached()).isTrue();
    }

    @Test
    void mayBeOthers() {
        assertThat(type(DetachKeys.of("ctrl-@,x"), "\u0000x").detached()).isTrue();
        assertThat(type(DetachKeys.of("q"), "aq").detached()).isTrue();
        assertThatThrownBy(() -> DetachKeys.of("ctrl-1"))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("invalid detach keys (ctrl-1)");
    }
}
