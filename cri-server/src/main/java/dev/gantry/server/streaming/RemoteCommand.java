package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ProcessStreams;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leads an exec or attach from its first byte to its status. */
final class RemoteCommand {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteCommand.class);

    private static final Duration STEP = Duration.ofMillis(20);

    private final CommandClient client;
    private final Future<Void> gone;
    private final StreamRequest request;
    private final StreamBackend backend;

    /**
     * @param gone done when the client's connection ends
     */
    RemoteCommand(
            CommandClient client, Future<Void> gone, StreamRequest request, StreamBackend backend) {
        this.client = client;
        this.gone = gone;
        this.request = request;
        this.backend = backend;
    }

    /** Runs until the process has ended or the client is gone. Blocks. */
    void run() {
        CommandStatus status = carried();
        client.stdin().ifPresent(RemoteCommand::close);
        client.sizes().ifPresent(RemoteCommand::close);
        LOG.atDebug()
                .addKeyValue("request", request.verb())
                .addKeyValue("status", status)
                .log("streams end");
        try {
            client.finish(status);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("the client left early");
        }
    }

    private CommandStatus carried() {
        return switch (request) {
            case StreamRequest.Exec exec ->
                    carried(
                            "error executing command in container: ",
                            () -> backend.exec(exec.container(), exec.command(), exec.options()),
                            CommandStatus::of);
            case StreamRequest.Attach attach ->
                    carried(
                            "error attaching to container: ",
                            () -> backend.attach(attach.container(), attach.options()),
                            _ -> new CommandStatus.Success());
            case StreamRequest.PortForward _ ->
                    throw new IllegalArgumentException("a port is no command");
        };
    }

    private interface Ending {
        CommandStatus status(int code);
    }

    private CommandStatus carried(String what, Supplier<ProcessStreams> open, Ending ending) {
        try (ProcessStreams process = open.get()) {
            gone.addListener(_ -> Thread.ofVirtual().name("gone").start(process::close));
            List<Pump> outputs = start(process);
            int code = process.await();
            drain(outputs);
            return ending.status(code);
        } catch (Failure e) {
            return new CommandStatus.Failed(what + e.message());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CommandStatus.Failed(what + "interrupted");
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a stream failed in a way nobody foresaw");
            return new CommandStatus.Failed(what + e);
        }
    }

    private List<Pump> start(ProcessStreams process) {
        List<Pump> outputs = new ArrayList<>();
        client.stdout().ifPresent(to -> outputs.add(Pump.start("stdout", process.stdout(), to)));
        client.stderr().ifPresent(to -> outputs.add(Pump.start("stderr", process.stderr(), to)));
        client.stdin()
                .ifPresent(
                        from ->
                                Thread.ofVirtual()
                                        .name("stdin")
                                        .start(() -> feed(from, process.stdin())));
        client.sizes()
                .ifPresent(
                        from ->
                                Thread.ofVirtual()
                                        .name("resize")
                                        .start(() -> resize(from, process)));
        return outputs;
    }

    /**
     * The client's half-close is the process's end of file; a connection that breaks is not, since
     * what came may be half of what was meant. A process that takes no more is let be.
     */
    private static void feed(InputStream from, OutputStream to) {
        byte[] buffer = new byte[Limits.COPY];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
            to.close();
        } catch (IOException | Failure e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("stdin ended");
        }
    }

    private static void resize(InputStream from, ProcessStreams process) {
        TerminalSizes sizes = new TerminalSizes(from);
        try (from) {
            for (Optional<TerminalSizes.Size> size = sizes.next();
                    size.isPresent();
                    size = sizes.next()) {
                process.resize(size.get().rows(), size.get().columns());
            }
        } catch (IOException | Failure e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("resizing ended");
        }
    }

    /**
     * Waits until the client has all that the process wrote. A client that reads slowly is waited
     * for; a child in the background that keeps the output open is not.
     */
    private static void drain(List<Pump> outputs) throws InterruptedException {
        List<Pump> open = new ArrayList<>(outputs);
        long ended = System.nanoTime();
        while (!open.isEmpty()) {
            open.removeIf(pump -> joined(pump));
            boolean waited = System.nanoTime() - ended >= Limits.QUIET.toNanos();
            if (waited && open.stream().allMatch(pump -> pump.quiet(Limits.QUIET))) {
                return;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static boolean joined(Pump pump) {
        try {
            return pump.join(STEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("close of a client's stream");
        }
    }
}
