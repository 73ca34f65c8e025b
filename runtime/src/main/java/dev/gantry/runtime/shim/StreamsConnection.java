package dev.gantry.runtime.shim;

import dev.gantry.linux.ipc.Descriptor;
import dev.gantry.linux.ipc.PolledDescriptor;
import dev.gantry.linux.ipc.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** A connection to a shim whose first frame passes descriptors; one reader, any writers. */
final class StreamsConnection implements AutoCloseable {
    private static final int CHUNK = 4096;

    private final PolledDescriptor socket;
    private final FrameAssembler frames = new FrameAssembler();
    private final byte[] buffer = new byte[CHUNK];
    private final ReentrantLock writing = new ReentrantLock();

    private StreamsConnection(PolledDescriptor socket) {
        this.socket = socket;
    }

    /**
     * Connects and sends; call it on a platform thread, which it may block.
     *
     * @param patience how long the shim may take to accept, and to take the frame
     */
    static StreamsConnection open(
            Path dir, Frame first, List<Descriptor> descriptors, Duration patience)
            throws IOException {
        UnixStream stream = ShimConnection.address(dir, path -> UnixStream.connect(path, patience));
        try {
            stream.send(first.encode(), descriptors);
        } catch (IOException e) {
            stream.close();
            throw e;
        }
        return new StreamsConnection(PolledDescriptor.of(stream.descriptor()));
    }

    void send(Frame frame) throws IOException {
        byte[] bytes = frame.encode();
        writing.lock();
        try {
            socket.write(bytes, 0, bytes.length);
        } finally {
            writing.unlock();
        }
    }

    /** The next frame; empty when the shim has closed the connection. */
    Optional<Frame> read() throws IOException {
        Optional<Frame> frame = frames.next();
        while (frame.isEmpty()) {
            int count = socket.read(buffer, 0, buffer.length);
            if (count < 0) {
                return Optional.empty();
            }
            frames.add(ByteBuffer.wrap(buffer, 0, count));
            frame = frames.next();
        }
        return frame;
    }

    @Override
    public void close() {
        socket.close();
    }
}
