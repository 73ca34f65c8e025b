package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class CallLogTest {
    @Test
    void whatWorksIsToldByTheRoomThatDidIt() {
        assertThat(CallLog.level("StartContainer", Status.OK)).isEqualTo(Level.DEBUG);
        assertThat(CallLog.level("ListContainers", Status.OK)).isEqualTo(Level.DEBUG);
    }

    @Test
    void aFailureIsSeenByTheOperator() {
        assertThat(CallLog.level("StartContainer", Status.INTERNAL)).isEqualTo(Level.WARN);
        assertThat(CallLog.level("CreateContainer", Status.NOT_FOUND)).isEqualTo(Level.WARN);
        assertThat(CallLog.level("RunPodSandbox", Status.UNIMPLEMENTED)).isEqualTo(Level.WARN);
        assertThat(CallLog.level("ContainerStatus", Status.INTERNAL)).isEqualTo(Level.WARN);
    }

    @Test
    void kubeletsOrdinaryQuestionsDoNotFillTheLog() {
        assertThat(CallLog.level("ContainerStatus", Status.NOT_FOUND)).isEqualTo(Level.DEBUG);
        assertThat(CallLog.level("ListPodSandboxMetrics", Status.UNIMPLEMENTED))
                .isEqualTo(Level.DEBUG);
        assertThat(CallLog.level("ExecSync", Status.CANCELLED)).isEqualTo(Level.DEBUG);
    }
}
