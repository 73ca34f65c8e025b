package dev.gantry.cli.http2;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes frames (RFC 9113, section 4.1). Its owner sees that one thread at a time does. */
final class FrameWriter {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;

    FrameWriter(OutputStream out) {
        this.out = new BufferedOutputStream(out, 32 << 10);
    }

    /**
     * The connection preface with our settings: no pushes, no dynamic table, and a large window.
     */
    void preface(int streamWindow, int connectionWindow) throws IOException {
        out.write(PREFACE);
        head(3 * 6, FrameType.SETTINGS, 0, 0);
        setting(FrameType.SETTING_TABLE_SIZE, 0);
        setting(FrameType.SETTING_PUSH, 0);
        setting(FrameType.SETTING_WINDOW, streamWindow);
        windowUpdate(0, connectionWindow - Session.STANDARD_WINDOW);
    }

    private void setting(int id, int value) throws IOException {
        out.write(id >> 8);
        out.write(id);
        integer(value);
    }

    void acknowledgeSettings() throws IOException {
        head(0, FrameType.SETTINGS, FrameType.ACK, 0);
    }

    void emptySettings() throws IOException {
        head(0, FrameType.SETTINGS, 0, 0);
    }

    void headers(int stream, byte[] block, boolean end) throws IOException {
        int flags = FrameType.END_HEADERS | (end ? FrameType.END_STREAM : 0);
        head(block.length, FrameType.HEADERS, flags, stream);
        out.write(block);
    }

    void data(int stream, byte[] bytes, int offset, int length, boolean end) throws IOException {
        head(length, FrameType.DATA, end ? FrameType.END_STREAM : 0, stream);
        out.write(bytes, offset, length);
    }

    void reset(int stream, int code) throws IOException {
        head(4, FrameType.RST_STREAM, 0, stream);
        integer(code);
    }

    void windowUpdate(int stream, int bytes) throws IOException {
        head(4, FrameType.WINDOW_UPDATE, 0, stream);
        integer(bytes);
    }

    void pong(byte[] payload) throws IOException {
        head(payload.length, FrameType.PING, FrameType.ACK, 0);
        out.write(payload);
    }

    void flush() throws IOException {
        out.flush();
    }

    private void head(int length, int type, int flags, int stream) throws IOException {
        out.write(length >> 16);
        out.write(length >> 8);
        out.write(length);
        out.write(type);
        out.write(flags);
        integer(stream);
    }

    private void integer(int value) throws IOException {
        out.write(value >> 24);
        out.write(value >> 16);
        out.write(value >> 8);
        out.write(value);
    }
}
