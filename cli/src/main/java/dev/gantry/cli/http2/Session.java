package dev.gantry.cli.http2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its streams, its windows, and the thread that reads it. Whoever sends more than
 * the peer's window takes waits for it.
 */
final class Session implements FrameReader.Listener {
    static final int STANDARD_WINDOW = 65_535;

    /** What a stream may have under way before its reader has taken it. */
    static final int STREAM_WINDOW = 4 << 20;

    private static final int CONNECTION_WINDOW = 64 << 20;

    /** One call's side of its stream; called by the reading thread. */
    interface Stream {
        void headers(List<Header> headers, boolean end);

        /** Bytes, and how much of the window they took. */
        void data(byte[] bytes, int credit, boolean end);

        void reset(int code);

        void lost(Unreachable why);

        /** There is room in the window again. */
        void writable();
    }

    private static final class Open {
        final int id;
        final Stream stream;
        long window;

        Open(int id, Stream stream, long window) {
            this.id = id;
            this.stream = stream;
            this.window = window;
        }
    }

    private final Wire wire;
    private final FrameWriter writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Map<Integer, Open> streams = new HashMap<>();
    private int nextId = 1;
    private int initialWindow = STANDARD_WINDOW;
    private int frameSize = 16_384;
    private long window = STANDARD_WINDOW;
    private long owed;
    private boolean closed;
    private @Nullable Unreachable ended;

    private Session(Wire wire) {
        this.wire = wire;
        writer = new FrameWriter(wire.out());
    }

    static Session start(Wire wire) throws IOException {
        Session session = new Session(wire);
        session.writer.preface(STREAM_WINDOW, CONNECTION_WINDOW);
        Thread.ofPlatform().daemon().name("gantry-http2").start(session::readAll);
        return session;
    }

    boolean usable() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Opens a stream; nothing is sent before {@link #flush}. */
    int open(Stream stream, List<Header> headers) throws IOException {
        byte[] block = Hpack.encode(headers);
        lock.lock();
        try {
            Unreachable why = ended;
            if (why != null) {
                throw why;
            }
            if (closed) {
                throw new IOException("the connection has ended");
            }
            if (block.length > frameSize) {
                throw new IOException("the call's headers take more than " + frameSize + " bytes");
            }
            int id = nextId;
            nextId += 2;
            streams.put(id, new Open(id, stream, initialWindow));
            writer.headers(id, block, /* end= */ false);
            return id;
        } finally {
            lock.unlock();
        }
    }

    /** Sends bytes of a stream, waiting for its window; drops them when the stream has ended. */
    void send(int id, byte[] bytes, boolean end) throws IOException {
        lock.lock();
        try {
            int sent = 0;
            do {
                Open open = streams.get(id);
                if (open == null) {
                    return;
                }
                int left = bytes.length - sent;
                int part = (int) Math.min(Math.min(left, frameSize), Math.min(window, open.window));
                if (part <= 0 && left > 0) {
                    writer.flush();
                    room.awaitUninterruptibly();
                    continue;
                }
                writer.data(id, bytes, sent, part, end && part == left);
                sent += part;
                window -= part;
                open.window -= part;
            } while (sent < bytes.length);
        } finally {
            lock.unlock();
        }
    }

    void flush() throws IOException {
        lock.lock();
        try {
            writer.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a message would go out without waiting. */
    boolean writable(int id) {
        lock.lock();
        try {
            Open open = streams.get(id);
            return open != null && open.window > 0 && window > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the peer room for so many more bytes of a stream. */
    void credit(int id, int bytes) {
        lock.lock();
        try {
            if (bytes > 0 && streams.containsKey(id)) {
                writer.windowUpdate(id, bytes);
                writer.flush();
            }
        } catch (IOException e) {
            // The reading thread notices, and tells everybody.
            closeWire();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a stream, and tells the peer so unless both sides have ended it. */
    void drop(int id, boolean tell) {
        lock.lock();
        try {
            if (streams.remove(id) != null && tell) {
                writer.reset(id, FrameType.CANCEL);
                writer.flush();
            }
            room.signalAll();
        } catch (IOException e) {
            closeWire();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        closeWire();
    }

    private void closeWire() {
        try {
            wire.close();
        } catch (IOException e) {
            // It has ended all the same.
        }
    }

    private void readAll() {
        FrameReader reader = new FrameReader(wire.in());
        try {
            while (true) {
                reader.read(this);
            }
        } catch (IOException e) {
            end(new Unreachable("the connection to the daemon ended", e));
        }
    }

    private void end(Unreachable why) {
        List<Open> left;
        lock.lock();
        try {
            closed = true;
            ended = why;
            left = new ArrayList<>(streams.values());
            streams.clear();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        closeWire();
        left.forEach(open -> open.stream.lost(why));
    }

    private java.util.Optional<Stream> find(int id) {
        lock.lock();
        try {
            return java.util.Optional.ofNullable(streams.get(id)).map(open -> open.stream);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void headers(int id, List<Header> headers, boolean end) {
        find(id).ifPresent(stream -> stream.headers(headers, end));
    }

    @Override
    public void data(int id, byte[] bytes, int credit, boolean end) throws IOException {
        lock.lock();
        try {
            owed += credit;
            if (owed > CONNECTION_WINDOW / 2) {
                writer.windowUpdate(0, (int) owed);
                writer.flush();
                owed = 0;
            }
        } finally {
            lock.unlock();
        }
        find(id).ifPresent(stream -> stream.data(bytes, credit, end));
    }

    @Override
    public void reset(int id, int code) {
        find(id).ifPresent(stream -> stream.reset(code));
        drop(id, /* tell= */ false);
    }

    @Override
    public void setting(int id, int value) {
        lock.lock();
        try {
            if (id == FrameType.SETTING_WINDOW) {
                int change = value - initialWindow;
                initialWindow = value;
                streams.values().forEach(open -> open.window += change);
            } else if (id == FrameType.SETTING_FRAME_SIZE) {
                frameSize = Math.min(value, 1 << 20);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void settingsEnd() throws IOException {
        lock.lock();
        try {
            writer.acknowledgeSettings();
            writer.flush();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ping(byte[] payload) throws IOException {
        lock.lock();
        try {
            writer.pong(payload);
            writer.flush();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void goAway(int lastStream) {
        List<Open> refused;
        lock.lock();
        try {
            closed = true;
            refused = streams.values().stream().filter(open -> open.id > lastStream).toList();
            refused.forEach(open -> streams.remove(open.id));
            room.signalAll();
        } finally {
            lock.unlock();
        }
        Unreachable why =
                new Unreachable("the daemon is ending", new IOException("it takes no more calls"));
        refused.forEach(open -> open.stream.lost(why));
    }

    @Override
    public void windowUpdate(int id, int bytes) {
        List<Stream> woken = new ArrayList<>();
        lock.lock();
        try {
            if (id == 0) {
                window += bytes;
                streams.values().forEach(open -> woken.add(open.stream));
            } else if (streams.containsKey(id)) {
                Open open = streams.get(id);
                open.window += bytes;
                woken.add(open.stream);
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
        woken.forEach(Stream::writable);
    }
}
