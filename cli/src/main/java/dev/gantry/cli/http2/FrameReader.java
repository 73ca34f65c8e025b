package dev.gantry.cli.http2;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Reads frames and tells a {@link Listener}, one thread. */
final class FrameReader {
    private static final int LARGEST = 16384;
    private static final int LARGEST_HEADERS = 1 << 20;

    /** What the peer says. */
    interface Listener {
        void headers(int stream, List<Header> headers, boolean end) throws IOException;

        void data(int stream, byte[] bytes, int credit, boolean end) throws IOException;

        void reset(int stream, int code);

        void setting(int id, int value) throws IOException;

        void settingsEnd() throws IOException;

        void ping(byte[] payload) throws IOException;

        void goAway(int lastStream);

        void windowUpdate(int stream, int bytes);
    }

    private final DataInputStream in;
    private final Hpack hpack = new Hpack();

    FrameReader(InputStream in) {
        this.in = new DataInputStream(new BufferedInputStream(in, 32 << 10));
    }

    private static final class Frame {
        final int type;
        final int flags;
        final int stream;
        final byte[] payload;

        Frame(int type, int flags, int stream, byte[] payload) {
            this.type = type;
            this.flags = flags;
            this.stream = stream;
            this.payload = payload;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int integer(int at) {
            return ((payload[at] & 0xff) << 24)
                    | ((payload[at + 1] & 0xff) << 16)
                    | ((payload[at + 2] & 0xff) << 8)
                    | (payload[at + 3] & 0xff);
        }

        /** The payload without padding and priority. */
        byte[] content() throws IOException {
            int from = 0;
            int to = payload.length;
            if (has(FrameType.PADDED)) {
                from = 1;
                to -= to == 0 ? 1 : payload[0] & 0xff;
            }
            if (type == FrameType.HEADERS && has(FrameType.PRIORITY)) {
                from += 5;
            }
            if (from > to) {
                throw new IOException("a frame's padding is larger than the frame");
            }
            return from == 0 && to == payload.length
                    ? payload
                    : Arrays.copyOfRange(payload, from, to);
        }
    }

    private Frame frame() throws IOException {
        int lengthAndType = in.readInt();
        int length = lengthAndType >>> 8;
        if (length > LARGEST) {
            throw new IOException("a frame of " + length + " bytes: is this a gRPC server?");
        }
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fffffff;
        byte[] payload = new byte[length];
        in.readFully(payload);
        Frame frame = new Frame(lengthAndType & 0xff, flags, stream, payload);
        if (length < least(frame)) {
            throw new IOException("a frame of type %d is too short".formatted(frame.type));
        }
        return frame;
    }

    private static int least(Frame frame) {
        return switch (frame.type) {
            case FrameType.RST_STREAM, FrameType.WINDOW_UPDATE -> 4;
            case FrameType.PING, FrameType.GOAWAY -> 8;
            default -> 0;
        };
    }

    /** Reads one frame, or a block of headers in several. */
    void read(Listener listener) throws IOException {
        Frame frame = frame();
        switch (frame.type) {
            case FrameType.DATA ->
                    listener.data(
                            frame.stream,
                            frame.content(),
                            frame.payload.length,
                            frame.has(FrameType.END_STREAM));
            case FrameType.HEADERS ->
                    listener.headers(
                            frame.stream,
                            hpack.decode(block(frame)),
                            frame.has(FrameType.END_STREAM));
            case FrameType.RST_STREAM -> listener.reset(frame.stream, frame.integer(0));
            case FrameType.SETTINGS -> settings(frame, listener);
            case FrameType.PING -> {
                if (!frame.has(FrameType.ACK)) {
                    listener.ping(frame.payload);
                }
            }
            case FrameType.GOAWAY -> listener.goAway(frame.integer(0) & 0x7fffffff);
            case FrameType.WINDOW_UPDATE ->
                    listener.windowUpdate(frame.stream, frame.integer(0) & 0x7fffffff);
            default -> {
                // Frames of unknown types are passed over (RFC 9113, section 5.5).
            }
        }
    }

    private byte[] block(Frame first) throws IOException {
        if (first.has(FrameType.END_HEADERS)) {
            return first.content();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(first.content());
        Frame next = first;
        while (!next.has(FrameType.END_HEADERS)) {
            next = frame();
            if (next.type != FrameType.CONTINUATION || next.stream != first.stream) {
                throw new IOException("a block of headers is interrupted");
            }
            whole.writeBytes(next.payload);
            if (whole.size() > LARGEST_HEADERS) {
                throw new IOException("a block of headers is too large");
            }
        }
        return whole.toByteArray();
    }

    private static void settings(Frame frame, Listener listener) throws IOException {
        if (frame.has(FrameType.ACK)) {
            return;
        }
        for (int i = 0; i + 6 <= frame.payload.length; i += 6) {
            int id = ((frame.payload[i] & 0xff) << 8) | (frame.payload[i + 1] & 0xff);
            listener.setting(id, frame.integer(i + 2));
        }
        listener.settingsEnd();
    }
}
