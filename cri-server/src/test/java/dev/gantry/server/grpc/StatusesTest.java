package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every call passes through: statuses, scopes, and what is not there. */
class StatusesTest {
    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private Status stop() {
        try {
            door.runtime.stopPodSandbox(
                    StopPodSandboxRequest.newBuilder().setPodSandboxId("p").build());
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsTheStatusOfItsName(Failure.Code code) {
        door.engine.broken = () -> new Failure(code, "words for the operator");
        assertThat(stop().getCode().name()).isEqualTo(code.name());
        assertThat(stop().getDescription()).isEqualTo("words for the operator");
    }

    @Test
    void aFaultOfOursIsInternalAndSaysWhereToLook() {
        door.engine.broken = () -> new IllegalStateException("boom");
        assertThat(stop().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(stop().getDescription())
                .contains("StopPodSandbox")
                .contains("boom")
                .contains("gantryd's log");
    }

    @Test
    void aMessageThatIsTooLongForAHeaderIsCut() {
        door.engine.broken = () -> Failure.internal("x".repeat(100_000));
        assertThat(stop().getDescription()).hasSizeLessThan(5000).endsWith("…");
    }

    @Test
    void theHeaderChoosesTheScope() {
        door.runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        scoped("local");
        assertThat(door.engine.asked)
                .containsExactly(
                        dev.gantry.engine.PodFilter.all(Scope.CRI),
                        dev.gantry.engine.PodFilter.all(Scope.LOCAL));
        assertThatThrownBy(() -> scoped("mine"))
                .hasMessageStartingWith("INVALID_ARGUMENT")
                .hasMessageContaining("mine");
    }

    private void scoped(String scope) {
        Metadata headers = new Metadata();
        headers.put(Scopes.HEADER, scope);
        door.runtime
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
    }

    @Test
    void aCallThatNamesNothingIsRefused() {
        assertThatThrownBy(
                        () ->
                                door.runtime.startContainer(
                                        StartContainerRequest.getDefaultInstance()))
                .hasMessage("INVALID_ARGUMENT: the request names no container");
        assertThat(door.engine.asked).isEmpty();
    }
}
