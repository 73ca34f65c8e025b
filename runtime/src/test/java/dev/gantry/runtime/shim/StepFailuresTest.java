package dev.gantry.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;
import dev.gantry.runtime.plan.LaunchStep;
import org.junit.jupiter.api.Test;

class StepFailuresTest {
    @Test
    void aCommandInAContainerThatHasEndedIsTheCallersToKnow() {
        Failure failure =
                StepFailures.describe(
                        new LaunchStep.JoinContainer(0), Errno.ESRCH, "12", "open a pidfd");
        assertThat(failure.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThat(failure).hasMessage("the container has ended: no command can start in it");
    }

    @Test
    void anythingElseThatStopsItIsAFault() {
        Failure failure =
                StepFailures.describe(
                        new LaunchStep.JoinContainer(0), Errno.EINVAL, "12", "join its namespaces");
        assertThat(failure.code()).isEqualTo(Failure.Code.INTERNAL);
        assertThat(failure).hasMessageContaining("JoinContainer: join its namespaces 12");
    }
}
