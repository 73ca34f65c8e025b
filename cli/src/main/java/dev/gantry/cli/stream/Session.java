package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import dev.gantry.cli.terminal.DetachKeys;
import dev.gantry.cli.terminal.Signals;
import dev.gantry.cli.terminal.Terminal;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/** A person and a process, connected until the process ends or the person lets go. */
public final class Session {
    private static final int CHUNK = 32 << 10;

    private final Duplex duplex;
    private final Settings settings;
    private final AtomicBoolean detached = new AtomicBoolean();
    private boolean begun;

    /** A session over a call that has been made. */
    public Session(Duplex duplex, Settings settings) {
        this.duplex = duplex;
        this.settings = settings;
    }

    /**
     * How the two are connected.
     *
     * @param stdin what is sent; absent for nothing
     * @param raw whether stdin is a terminal that passes every key on
     * @param detachKeys what lets go, where stdin is a terminal
     */
    public record Settings(
            Optional<InputStream> stdin,
            PrintStream stdout,
            PrintStream stderr,
            boolean raw,
            Optional<DetachKeys> detachKeys) {}

    /**
     * Goes on until the end; returns the exit code, or nothing when the person let go. Where the
     * process did not end, the terminal's cursor is left at the beginning of a line.
     */
    public OptionalInt run() throws InterruptedException {
        if (!settings.raw()) {
            return pump();
        }
        OptionalInt code = OptionalInt.empty();
        try {
            code = raw();
            return code;
        } finally {
            if (begun && code.isEmpty()) {
                settings.stderr().print('\n');
                settings.stderr().flush();
            }
        }
    }

    private OptionalInt raw() throws InterruptedException {
        try (Terminal _ = Terminal.raw();
                Signals _ = Signals.onResize(this::resize)) {
            return pump();
        }
    }

    /** Whether the process has been reached. */
    public boolean begun() {
        return begun;
    }

    private OptionalInt pump() throws InterruptedException {
        while (true) {
            Answer answer;
            try {
                answer = duplex.next();
            } catch (StatusRuntimeException e) {
                if (detached.get()) {
                    return OptionalInt.empty();
                }
                throw e;
            }
            if (!begun) {
                begin();
            }
            switch (answer) {
                case Answer.Begun _ -> {}
                case Answer.Stdout out -> write(settings.stdout(), out.data());
                case Answer.Stderr err -> write(settings.stderr(), err.data());
                case Answer.Exited exit -> {
                    return OptionalInt.of(exit.code());
                }
            }
        }
    }

    private void begin() {
        begun = true;
        if (settings.stdin().isPresent()) {
            Thread.ofPlatform().daemon().name("stdin").start(this::read);
            if (settings.raw()) {
                resize();
            }
        }
    }

    private static void write(PrintStream to, ByteString data) {
        try {
            data.writeTo(to);
        } catch (IOException e) {
            // A PrintStream keeps its failures; nobody reads what is written.
        }
        to.flush();
    }

    private void resize() {
        try {
            Terminal.Size size = Terminal.size();
            if (size.columns() > 0) {
                duplex.resize(size);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        byte[] buffer = new byte[CHUNK];
        InputStream stdin = settings.stdin().orElseThrow();
        try {
            for (int count = stdin.read(buffer); count >= 0; count = stdin.read(buffer)) {
                if (!send(buffer, count)) {
                    return;
                }
            }
            duplex.closeStdin();
        } catch (IOException e) {
            // As at the end of the input: a terminal that has gone reads so.
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        try {
            duplex.closeStdin();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean send(byte[] buffer, int count) throws InterruptedException {
        if (settings.detachKeys().isEmpty()) {
            return duplex.stdin(ByteString.copyFrom(buffer, 0, count));
        }
        DetachKeys.Typed typed = settings.detachKeys().get().typed(buffer, count);
        boolean taken = typed.bytes().isEmpty() || duplex.stdin(typed.bytes());
        if (typed.detached()) {
            detached.set(true);
            duplex.cancel();
            return false;
        }
        return taken;
    }
}
