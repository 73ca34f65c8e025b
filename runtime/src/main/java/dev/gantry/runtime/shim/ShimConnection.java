package dev.gantry.runtime.shim;

import dev.gantry.linux.ipc.Descriptor;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A connection to a shim that carries frames without descriptors. Used by one thread at a time. */
final class ShimConnection implements AutoCloseable {
    /** The kernel takes 107 bytes of path; the JDK's channels keep one more for themselves. */
    private static final int LONGEST_PATH = 106;

    private final SocketChannel channel;
    private final String who;
    private final FrameAssembler frames = new FrameAssembler();
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    private ShimConnection(SocketChannel channel, String who) {
        this.channel = channel;
        this.who = who;
    }

    /** Something that is done with the socket's path, which must be short. */
    interface WithPath<T> {
        T connect(Path path) throws IOException;
    }

    /** Gives a path of the socket that fits into an address however deep the directory lies. */
    static <T> T address(Path dir, WithPath<T> action) throws IOException {
        Path path = dir.resolve("shim.sock");
        if (path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH) {
            return action.connect(path);
        }
        try (Descriptor directory = Descriptor.directory(dir)) {
            return action.connect(directory.path().resolve("shim.sock"));
        }
    }

    /** Connects; UNAVAILABLE when nobody listens, DEADLINE_EXCEEDED when nobody accepts. */
    static ShimConnection open(Path dir, Duration deadline) {
        String who = "the shim of pod " + dir.getFileName();
        try {
            SocketChannel channel = address(dir, path -> connect(path, deadline));
            return new ShimConnection(channel, who);
        } catch (AsynchronousCloseException e) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    "%s took no connection within %s s".formatted(who, deadline.toSeconds()),
                    e);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, who + " does not listen: " + e.getMessage(), e);
        }
    }

    private static SocketChannel connect(Path path, Duration deadline) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (Deadline _ = Deadline.of(channel, deadline)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a request and waits for its reply; what else comes in between is passed over. */
    Frame request(int type, byte[] payload, Duration deadline) {
        try (Deadline timer = Deadline.of(channel, deadline)) {
            try {
                send(new Frame(type, 1, payload));
                Optional<Frame> reply = read();
                while (reply.isPresent() && reply.get().id() != 1) {
                    reply = read();
                }
                return reply.orElseThrow(
                        () ->
                                new Failure(
                                        Failure.Code.UNAVAILABLE,
                                        who + " closed the connection without an answer"));
            } catch (IOException e) {
                throw timer.passed()
                        ? new Failure(
                                Failure.Code.DEADLINE_EXCEEDED,
                                "%s gave no answer within %s s"
                                        .formatted(who, deadline.toSeconds()),
                                e)
                        : new Failure(
                                Failure.Code.UNAVAILABLE, who + " is gone: " + e.getMessage(), e);
            }
        }
    }

    void send(Frame frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(frame.encode());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The next frame; empty when the shim has closed the connection. */
    Optional<Frame> read() throws IOException {
        Optional<Frame> frame = frames.next();
        while (frame.isEmpty()) {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                return Optional.empty();
            }
            frames.add(buffer.flip());
            frame = frames.next();
        }
        return frame;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing is lost with it.
        }
    }
}
