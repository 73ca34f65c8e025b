package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.proto.cri.v1.AttachRequest;
import dev.gantry.proto.cri.v1.ExecRequest;
import dev.gantry.proto.cri.v1.PortForwardRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused before a URL is given out. */
class StreamCallsTest {
    private final Door door = new Door();

    @AfterEach
    void close() {
        assertThat(door.streams).isEmpty();
        door.close();
    }

    private static void refused(ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining(words);
    }

    @Test
    void oneStreamMustBeAskedFor() {
        refused(
                () ->
                        door.runtime.exec(
                                ExecRequest.newBuilder()
                                        .setContainerId("c")
                                        .addCmd("true")
                                        .build()),
                "none of stdin, stdout and stderr");
        refused(
                () -> door.runtime.attach(AttachRequest.newBuilder().setContainerId("c").build()),
                "none of stdin, stdout and stderr");
    }

    @Test
    void aTerminalHasNoStderr() {
        refused(
                () ->
                        door.runtime.exec(
                                ExecRequest.newBuilder()
                                        .setContainerId("c")
                                        .addCmd("true")
                                        .setTty(true)
                                        .setStderr(true)
                                        .build()),
                "not for both");
        refused(
                () ->
                        door.runtime.attach(
                                AttachRequest.newBuilder()
                                        .setContainerId("c")
                                        .setTty(true)
                                        .setStderr(true)
                                        .build()),
                "not for both");
    }

    @Test
    void somethingMustBeNamed() {
        refused(
                () -> door.runtime.exec(ExecRequest.newBuilder().setStdout(true).build()),
                "no container");
        refused(
                () -> door.runtime.portForward(PortForwardRequest.getDefaultInstance()),
                "no pod sandbox");
    }
}
