package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.VersionRequest;
import io.grpc.Context;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the thread that works for a caller who has gone. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class CallersTest {
    private static final ExecSyncRequest EXEC =
            ExecSyncRequest.newBuilder().setContainerId("c").addCmd("x").build();
    private static final PullImageRequest PULL =
            PullImageRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage("i")).build();

    private final Door door = new Door();
    private final CountDownLatch began = new CountDownLatch(1);
    private final BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        door.close();
    }

    /** Blocks for ever, unless it is interrupted. */
    private void hang() {
        began.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.add(true);
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }

    @Test
    void anExecWhoseCallerGoesIsInterrupted() throws InterruptedException {
        door.engine.executing = this::hang;
        Future<?> call = RuntimeServiceGrpc.newFutureStub(door.channel).execSync(EXEC);
        began.await();
        call.cancel(true);
        assertThat(interrupted.take()).isTrue();
    }

    @Test
    void aPullWhoseCallerGoesIsInterrupted() throws InterruptedException {
        door.engine.images.pulling = this::hang;
        Future<?> call = ImageServiceGrpc.newFutureStub(door.channel).pullImage(PULL);
        began.await();
        call.cancel(true);
        assertThat(interrupted.take()).isTrue();
    }

    /** gRPC gives the caller's deadline to the call's context. */
    @Test
    void aDeadlineThatPassesInterruptsToo() throws InterruptedException {
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            Context.current()
                    .withDeadlineAfter(1, TimeUnit.MILLISECONDS, clock)
                    .run(
                            () ->
                                    assertThatThrownBy(
                                                    () ->
                                                            Callers.whileWaited(
                                                                    () -> {
                                                                        hang();
                                                                        return "done";
                                                                    }))
                                            .isInstanceOf(Failure.class));
        }
        assertThat(interrupted.take()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aStopGoesOnToItsEnd() throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        door.engine.broken =
                () -> {
                    began.countDown();
                    try {
                        gone.await();
                        interrupted.add(false);
                    } catch (InterruptedException _) {
                        interrupted.add(true);
                    }
                    return null;
                };
        Future<?> call =
                RuntimeServiceGrpc.newFutureStub(door.channel)
                        .stopContainer(
                                StopContainerRequest.newBuilder().setContainerId("c").build());
        began.await();
        call.cancel(true);
        // The server has seen the cancellation when it has answered a call that came later.
        door.runtime.version(VersionRequest.getDefaultInstance());
        gone.countDown();
        assertThat(interrupted.take()).isFalse();
    }

    @Test
    void whatComesAfterTheWorkIsNotInterrupted() {
        Context.CancellableContext call = Context.current().withCancellation();
        call.run(
                () -> {
                    assertThat(
                                    Callers.whileWaited(
                                            () -> {
                                                call.cancel(null);
                                                return Thread.currentThread().isInterrupted();
                                            }))
                            .isTrue();
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                });
        Context.CancellableContext later = Context.current().withCancellation();
        later.run(
                () -> {
                    assertThat(Callers.whileWaited(() -> "done")).isEqualTo("done");
                    later.cancel(null);
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                });
    }
}
