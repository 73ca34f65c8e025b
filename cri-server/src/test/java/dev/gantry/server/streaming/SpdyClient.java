package dev.gantry.server.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of one connection, one thread: sends at once, and reads when it is asked to. */
final class SpdyClient implements AutoCloseable {
    /** What carries the bytes. */
    record Wire(InputStream in, OutputStream out, Closeable end) {
        static Wire of(Socket socket) throws IOException {
            return new Wire(socket.getInputStream(), socket.getOutputStream(), socket);
        }
    }

    private final Wire wire;
    private final EmbeddedChannel codec =
            new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private int next = 1;

    final Map<Integer, ByteArrayOutputStream> data = new HashMap<>();
    final Set<Integer> replied = new HashSet<>();
    final Set<Integer> finished = new HashSet<>();
    final Set<Integer> reset = new HashSet<>();
    final List<Integer> pongs = new ArrayList<>();
    boolean goneAway;
    boolean closed;

    SpdyClient(Wire wire) {
        this.wire = wire;
    }

    /** Sends an upgrade request and gives the answer's head; the socket stays open. */
    static String post(Socket socket, String url, String... headers) throws IOException {
        return request(socket, "POST", url, headers);
    }

    static String request(Socket socket, String method, String url, String... headers)
            throws IOException {
        String path = url.replaceFirst("^https?://[^/]*", "");
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Content-Length: 0\r\n\r\n");
        socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return answer.toString();
            }
            answer.append((char) b);
        }
        return answer.toString();
    }

    static Socket dial(String url) throws IOException {
        URI uri = URI.create(url);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    static SpdyClient open(String url, String protocol) throws IOException {
        return upgrade(dial(url), url, protocol);
    }

    /** Upgrades a connection that is there. */
    static SpdyClient upgrade(Socket socket, String url, String protocol) throws IOException {
        String answer =
                post(
                        socket,
                        url,
                        "Connection: Upgrade",
                        "Upgrade: SPDY/3.1",
                        "X-Stream-Protocol-Version: " + protocol);
        if (!answer.startsWith("HTTP/1.1 101")) {
            throw new IOException(answer);
        }
        return new SpdyClient(Wire.of(socket));
    }

    void send(Object frame) throws IOException {
        codec.writeOutbound(frame);
        for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
            raw(out);
        }
    }

    void raw(ByteBuf bytes) throws IOException {
        bytes.readBytes(wire.out(), bytes.readableBytes());
        bytes.release();
    }

    int open(boolean last, String... headers) throws IOException {
        int id = next;
        next += 2;
        SpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        for (int i = 0; i < headers.length; i += 2) {
            frame.headers().set(headers[i], headers[i + 1]);
        }
        frame.setLast(last);
        send(frame);
        return id;
    }

    int stream(String type) throws IOException {
        return open(false, "streamtype", type);
    }

    void write(int stream, String text, boolean last) throws IOException {
        write(stream, text.getBytes(StandardCharsets.UTF_8), last);
    }

    void write(int stream, byte[] bytes, boolean last) throws IOException {
        SpdyDataFrame frame = new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(bytes));
        frame.setLast(last);
        send(frame);
    }

    void ping(int id) throws IOException {
        send(new DefaultSpdyPingFrame(id));
    }

    /** Reads what comes until the condition holds or the server closes. */
    void until(java.util.function.BooleanSupplier condition) throws IOException {
        byte[] buffer = new byte[64 << 10];
        while (!closed && !condition.getAsBoolean()) {
            int n;
            try {
                n = wire.in().read(buffer);
            } catch (java.net.SocketException _) {
                n = -1;
            }
            if (n < 0) {
                closed = true;
                return;
            }
            codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, n));
            for (Object in = codec.readInbound(); in != null; in = codec.readInbound()) {
                take(in);
            }
        }
    }

    private void take(Object frame) {
        switch (frame) {
            case SpdyDataFrame d -> {
                byte[] bytes = new byte[d.content().readableBytes()];
                d.content().readBytes(bytes);
                data.computeIfAbsent(d.streamId(), _ -> new ByteArrayOutputStream())
                        .writeBytes(bytes);
                if (d.isLast()) {
                    finished.add(d.streamId());
                }
                d.release();
            }
            case SpdySynReplyFrame r -> replied.add(r.streamId());
            case SpdyRstStreamFrame r -> reset.add(r.streamId());
            case SpdyPingFrame p -> pongs.add(p.id());
            case SpdyGoAwayFrame _ -> goneAway = true;
            default -> throw new AssertionError("unexpected " + frame);
        }
    }

    byte[] received(int stream) {
        return data.getOrDefault(stream, new ByteArrayOutputStream()).toByteArray();
    }

    int bytes(int stream) {
        return data.getOrDefault(stream, new ByteArrayOutputStream()).size();
    }

    String text(int stream) {
        ByteArrayOutputStream all = data.get(stream);
        return all == null ? "" : all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        codec.finishAndReleaseAll();
        wire.end().close();
    }
}
