package dev.gantry.server.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A WebSocket client that sends frames as it is told, also such as no orderly client would; the
 * JDK's knows no subprotocol with a slash in its name.
 */
final class RawWebSocket implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** A frame that came; its status is that of a close frame, else 0. */
    static final class Frame {
        private final int kind;
        private final byte[] body;

        Frame(int kind, byte[] body) {
            this.kind = kind;
            this.body = body;
        }

        int kind() {
            return kind;
        }

        byte[] body() {
            return body;
        }

        int status() {
            return kind == CLOSE ? (body[0] & 0xff) << 8 | (body[1] & 0xff) : 0;
        }
    }

    private final Socket socket;

    private RawWebSocket(Socket socket) {
        this.socket = socket;
    }

    static RawWebSocket open(String url, String protocol) throws IOException {
        Socket socket = SpdyClient.dial(url);
        String answer =
                SpdyClient.request(
                        socket,
                        "GET",
                        url,
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
                        "Sec-WebSocket-Protocol: " + protocol);
        if (!answer.startsWith("HTTP/1.1 101")
                || !answer.toLowerCase(java.util.Locale.ROOT)
                        .contains(
                                "sec-websocket-protocol: "
                                        + protocol.toLowerCase(java.util.Locale.ROOT))) {
            throw new IOException(answer);
        }
        return new RawWebSocket(socket);
    }

    /**
     * The head of a frame whose mask is zeros; a length has to be written in as few bytes as do.
     */
    void head(int kind, boolean last, long length) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(14).put((byte) (kind | (last ? 0x80 : 0)));
        if (length <= 125) {
            head.put((byte) (0x80 | length));
        } else if (length <= 0xffff) {
            head.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            head.put((byte) (0x80 | 127)).putLong(length);
        }
        head.putInt(0);
        socket.getOutputStream().write(head.array(), 0, head.position());
    }

    void send(int kind, boolean last, byte[] body, int start, int length) throws IOException {
        head(kind, last, length);
        socket.getOutputStream().write(body, start, length);
    }

    void send(int kind, byte[] body) throws IOException {
        send(kind, true, body, 0, body.length);
    }

    /** The next frame that comes; the server's are never cut into pieces. */
    Frame next() throws IOException {
        InputStream in = socket.getInputStream();
        int first = in.read();
        int length = in.read();
        if (first < 0 || length < 0) {
            throw new IOException("the connection ended without a close frame");
        }
        if (length == 126) {
            length = ByteBuffer.wrap(in.readNBytes(2)).getShort() & 0xffff;
        } else if (length == 127) {
            length = Math.toIntExact(ByteBuffer.wrap(in.readNBytes(8)).getLong());
        }
        return new Frame(first & 0xf, in.readNBytes(length));
    }

    /** The status in the server's close frame, whatever comes before it. */
    int closeStatus() throws IOException {
        Frame frame = next();
        while (frame.status() == 0) {
            frame = next();
        }
        return frame.status();
    }

    /** The bytes in binary messages, sent in pieces of a size. */
    SpdyClient.Wire wire(int cut) {
        return new SpdyClient.Wire(new Incoming(), new Outgoing(cut), socket);
    }

    private final class Incoming extends InputStream {
        private byte[] piece = {};
        private int at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int start, int length) throws IOException {
            while (at == piece.length) {
                Frame frame = next();
                if (frame.status() != 0) {
                    return -1;
                }
                if (frame.kind() == BINARY) {
                    piece = frame.body();
                    at = 0;
                }
            }
            int n = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, start, n);
            at += n;
            return n;
        }
    }

    /** Every other message goes on in a continuation. */
    private final class Outgoing extends OutputStream {
        private final int cut;

        Outgoing(int cut) {
            this.cut = cut;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            boolean begun = false;
            for (int at = 0; at < length; at += cut) {
                int n = Math.min(cut, length - at);
                boolean last = begun || at + cut >= length;
                send(begun ? CONTINUATION : BINARY, last, bytes, start + at, n);
                begun = !last;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
