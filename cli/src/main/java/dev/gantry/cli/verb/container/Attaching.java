package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.stream.CallDuplex;
import dev.gantry.cli.stream.Duplex;
import dev.gantry.cli.stream.Session;
import dev.gantry.cli.terminal.DetachKeys;
import dev.gantry.cli.terminal.Signals;
import dev.gantry.cli.terminal.Terminal;
import dev.gantry.cli.verb.Call;
import dev.gantry.proto.v1.AttachStart;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.KillRequest;
import dev.gantry.proto.v1.WindowSize;
import io.grpc.StatusRuntimeException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A person at a container's first process: for run, start and attach.
 *
 * @param tty whether the container has a terminal
 * @param stdin whether what is typed is sent
 * @param streams "stdout" and "stderr", those that are shown; empty for both
 * @param proxy whether signals go to the process
 */
record Attaching(
        boolean tty, boolean stdin, List<String> streams, boolean proxy, String detachKeys) {
    private static final int ID = 64;

    /** Goes on until the container has ended; nothing when the person let go. */
    OptionalInt run(Call call, String container, boolean start, boolean logs)
            throws InterruptedException {
        checkTerminal(tty, stdin);
        boolean raw = tty && stdin;
        AttachStart.Builder request =
                AttachStart.newBuilder()
                        .setContainer(container)
                        .setStdin(stdin)
                        .setStart(start)
                        .setLogs(logs);
        if (raw) {
            request.setSize(window());
        }
        String shown = container.length() == ID ? Rows.shortId(container) : container;
        Duplex duplex = CallDuplex.attach(call.daemon().channel(), request.build());
        Session session = new Session(duplex, settings(call, raw));
        try {
            OptionalInt code = run(call, session, container);
            if (code.isEmpty()) {
                call.out()
                        .error(
                                "read escape sequence: %1$s goes on; gantry attach %1$s comes back to it"
                                        .formatted(shown));
            }
            return code;
        } catch (StatusRuntimeException e) {
            throw session.begun() && DaemonLost.is(e) ? DaemonLost.from(shown) : e;
        }
    }

    private OptionalInt run(Call call, Session session, String container)
            throws InterruptedException {
        if (!proxy || tty) {
            return session.run();
        }
        try (Signals _ = Signals.on(Signals.FORWARDED, signal -> pass(call, container, signal))) {
            return session.run();
        }
    }

    /** What comes stands below the {@code ^C} that a terminal shows. */
    private static void pass(Call call, String container, String signal) {
        if (signal.equals("INT") && call.out().errorTerminal()) {
            call.out().error("");
        }
        kill(call, container, signal);
    }

    private Session.Settings settings(Call call, boolean raw) {
        Optional<DetachKeys> keys =
                raw
                        ? Optional.of(
                                DetachKeys.of(
                                        detachKeys.isEmpty() ? DetachKeys.STANDARD : detachKeys))
                        : Optional.empty();
        return new Session.Settings(
                stdin ? Optional.of(input()) : Optional.empty(),
                shown("stdout") ? call.out().stream() : nowhere(),
                shown("stderr") ? call.out().errorStream() : nowhere(),
                raw,
                keys);
    }

    private boolean shown(String stream) {
        return streams.isEmpty() || streams.contains(stream);
    }

    private static PrintStream nowhere() {
        return new PrintStream(
                OutputStream.nullOutputStream(), /* autoFlush= */ false, StandardCharsets.UTF_8);
    }

    /** Standard input without a buffer, so that a key is sent when it is pressed. */
    static InputStream input() {
        return new FileInputStream(FileDescriptor.in);
    }

    /** Docker refuses a terminal for a container whose input comes from a file. */
    static void checkTerminal(boolean tty, boolean stdin) {
        if (tty && stdin && !Out.isTerminal(0)) {
            throw new CliFailure(
                    1, "the input device is not a TTY; leave -t out when the input is no terminal");
        }
    }

    static WindowSize window() {
        Terminal.Size size = Terminal.size();
        return WindowSize.newBuilder().setColumns(size.columns()).setRows(size.rows()).build();
    }

    private static void kill(Call call, String container, String signal) {
        Thread.startVirtualThread(
                () -> {
                    try {
                        KillRequest request =
                                KillRequest.newBuilder()
                                        .setContainer(container)
                                        .setSignal("SIG" + signal)
                                        .build();
                        var _ =
                                ContainersGrpc.newBlockingStub(call.daemon().channel())
                                        .kill(request);
                    } catch (StatusRuntimeException e) {
                        // It has ended: its exit code says the rest.
                    }
                });
    }
}
