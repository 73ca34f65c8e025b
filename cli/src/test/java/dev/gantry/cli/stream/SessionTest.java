package dev.gantry.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gantry.cli.terminal.DetachKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private OptionalInt run(FakeDuplex duplex, String input, Optional<DetachKeys> keys)
            throws InterruptedException {
        return new Session(
                        duplex,
                        new Session.Settings(
                                Optional.of(
                                        new ByteArrayInputStream(
                                                input.getBytes(StandardCharsets.UTF_8))),
                                new PrintStream(
                                        out, /* autoFlush= */ false, StandardCharsets.UTF_8),
                                new PrintStream(
                                        err, /* autoFlush= */ false, StandardCharsets.UTF_8),
                                /* raw= */ false,
                                keys))
                .run();
    }

    @Test
    void inputIsSentAndItsEndAndTheExitCodeReturned() throws InterruptedException {
        FakeDuplex duplex =
                new FakeDuplex(
                        List.of(
                                new Answer.Begun(),
                                new Answer.Stdout(ByteString.copyFromUtf8("a")),
                                new Answer.Stderr(ByteString.copyFromUtf8("b"))),
                        new Answer.Exited(7));
        assertThat(run(duplex, "hello", Optional.empty())).hasValue(7);
        assertThat(duplex.sent).containsExactly("hello", "<end>");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("b");
    }

    @Test
    void theKeysLetGo() throws InterruptedException {
        FakeDuplex duplex = new FakeDuplex(List.of(new Answer.Begun()), new Answer.Exited(0));
        assertThat(run(duplex, "ls\u0010\u0011rm", Optional.of(DetachKeys.of(DetachKeys.STANDARD))))
                .isEmpty();
        assertThat(duplex.sent).containsExactly("ls", "<cancel>");
    }
}
