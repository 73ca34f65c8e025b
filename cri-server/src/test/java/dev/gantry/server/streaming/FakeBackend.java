package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs commands on this machine, without containers: {@code exec} and {@code attach} start the
 * command as a child process, ports are this machine's. {@code attach} runs what {@link #attached}
 * says.
 */
final class FakeBackend implements StreamBackend {
    volatile List<String> attached = List.of("sh");
    final List<Local> processes = new CopyOnWriteArrayList<>();
    final List<String> sizes = new CopyOnWriteArrayList<>();

    @Override
    public ProcessStreams exec(String container, List<String> command, StreamOptions options) {
        if (container.equals("gone")) {
            throw Failure.precondition("container gone is exited, not running");
        }
        try {
            Local local = new Local(new ProcessBuilder(command).start(), options);
            processes.add(local);
            return local;
        } catch (IOException e) {
            throw Failure.of("start " + command, e);
        }
    }

    @Override
    public ProcessStreams attach(String container, StreamOptions options) {
        return exec(container, attached, options);
    }

    @Override
    public SocketChannel connect(String pod, int port) {
        try {
            return SocketChannel.open(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, "nothing listens on port " + port + " of " + pod, e);
        }
    }

    /** A child process. */
    final class Local implements ProcessStreams {
        final Process process;
        private final StreamOptions options;

        Local(Process process, StreamOptions options) {
            this.process = process;
            this.options = options;
            if (!options.stdin()) {
                try {
                    process.getOutputStream().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public OutputStream stdin() {
            return options.stdin() ? process.getOutputStream() : OutputStream.nullOutputStream();
        }

        @Override
        public InputStream stdout() {
            return process.getInputStream();
        }

        @Override
        public InputStream stderr() {
            return options.stderr() ? process.getErrorStream() : InputStream.nullInputStream();
        }

        @Override
        public void resize(int rows, int columns) {
            sizes.add(rows + "x" + columns);
        }

        @Override
        public int await() {
            try {
                return process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
