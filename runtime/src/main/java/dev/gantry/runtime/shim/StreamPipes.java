package dev.gantry.runtime.shim;

import dev.gantry.linux.ipc.Descriptor;
import dev.gantry.linux.ipc.Pipe;
import dev.gantry.linux.ipc.PolledDescriptor;
import dev.gantry.runtime.StreamOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Our ends of the pipes that carry the streams somebody asked for, and the others' until sent. */
final class StreamPipes implements AutoCloseable {
    private final List<Descriptor> theirs = new ArrayList<>();
    private Optional<PolledDescriptor> stdin = Optional.empty();
    private Optional<PolledDescriptor> stdout = Optional.empty();
    private Optional<PolledDescriptor> stderr = Optional.empty();

    private StreamPipes() {}

    static StreamPipes open(StreamOptions options) throws IOException {
        StreamPipes pipes = new StreamPipes();
        try {
            pipes.make(options);
            return pipes;
        } catch (IOException e) {
            pipes.close();
            throw e;
        }
    }

    private void make(StreamOptions options) throws IOException {
        if (options.stdin()) {
            Pipe pipe = Pipe.blocking();
            theirs.add(pipe.reader());
            stdin = Optional.of(PolledDescriptor.of(pipe.writer()));
        }
        if (options.stdout()) {
            stdout = Optional.of(output());
        }
        if (options.stderr()) {
            stderr = Optional.of(output());
        }
    }

    private PolledDescriptor output() throws IOException {
        Pipe pipe = Pipe.blocking();
        theirs.add(pipe.writer());
        return PolledDescriptor.of(pipe.reader());
    }

    /** In the order of the protocol: stdin, stdout, stderr, those that are wanted. */
    List<Descriptor> theirs() {
        return List.copyOf(theirs);
    }

    /** Ours would keep the pipes from ending. */
    void forgetTheirs() {
        theirs.forEach(Descriptor::close);
    }

    OutputStream stdin() {
        return stdin.map(PolledDescriptor::output).orElseGet(OutputStream::nullOutputStream);
    }

    InputStream stdout() {
        return stdout.map(PolledDescriptor::input).orElseGet(InputStream::nullInputStream);
    }

    InputStream stderr() {
        return stderr.map(PolledDescriptor::input).orElseGet(InputStream::nullInputStream);
    }

    /** The process has ended: what still holds the pipes open is not waited for. */
    void endAfter(Duration silence) {
        stdout.ifPresent(s -> s.endAfter(silence));
        stderr.ifPresent(s -> s.endAfter(silence));
    }

    @Override
    public void close() {
        forgetTheirs();
        stdin.ifPresent(PolledDescriptor::close);
        stdout.ifPresent(PolledDescriptor::close);
        stderr.ifPresent(PolledDescriptor::close);
    }
}
