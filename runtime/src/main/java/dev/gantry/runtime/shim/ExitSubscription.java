package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the ends of a pod's containers on a virtual thread, and connects again when cut. */
final class ExitSubscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExitSubscription.class);
    private static final int SUBSCRIBE_ID = 1;
    private static final Duration ACCEPT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 100;

    private final Path dir;
    private final Consumer<ContainerProcess> listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<@Nullable ShimConnection> current = new AtomicReference<>();

    private ExitSubscription(Path dir, Consumer<ContainerProcess> listener) {
        this.dir = dir;
        this.listener = listener;
    }

    static ExitSubscription start(Path dir, Consumer<ContainerProcess> listener) {
        ExitSubscription subscription = new ExitSubscription(dir, listener);
        Thread.ofVirtual().name("exits-" + dir.getFileName()).start(subscription::run);
        return subscription;
    }

    private void run() {
        while (!closed.get()) {
            try (ShimConnection connection = ShimConnection.open(dir, ACCEPT)) {
                current.set(connection);
                connection.send(new Frame(Frame.SUBSCRIBE, SUBSCRIBE_ID, new byte[0]));
                listen(connection);
            } catch (IOException e) {
                LOG.atDebug()
                        .addKeyValue("pod", dir.getFileName())
                        .setCause(e)
                        .log("lost the connection to the shim");
            } catch (Failure e) {
                // Nobody listens: the pod is gone, or its shim; find() and purge() tell which.
                LOG.atDebug()
                        .addKeyValue("pod", dir.getFileName())
                        .addKeyValue("error", e.message())
                        .log("nothing to listen to");
                return;
            }
            pause();
        }
    }

    private void listen(ShimConnection connection) throws IOException {
        Optional<Frame> frame = connection.read();
        while (frame.isPresent() && !closed.get()) {
            if (frame.get().type() == Frame.EXITED) {
                tell(ShimClient.exited(frame.get()));
            } else if (frame.get().type() == Frame.ERROR) {
                throw ShimClient.error(frame.get());
            }
            frame = connection.read();
        }
    }

    private void tell(ContainerProcess process) {
        try {
            listener.accept(process);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("container", process.id())
                    .addKeyValue("pod", dir.getFileName())
                    .setCause(e)
                    .log("a listener failed on the container's exit");
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.set(true);
        }
    }

    @Override
    public void close() {
        closed.set(true);
        ShimConnection connection = current.getAndSet(null);
        if (connection != null) {
            connection.close();
        }
    }
}
