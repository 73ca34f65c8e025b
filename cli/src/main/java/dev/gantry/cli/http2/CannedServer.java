package dev.gantry.cli.http2;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The other side of one connection: answers each call with one prepared message, by its path {@code
 * /service/method}, and calls without one by UNIMPLEMENTED. For the training run and for tests.
 */
public final class CannedServer implements FrameReader.Listener {
    private static final int PREFACE = 24;

    private final FrameWriter writer;
    private final FrameReader reader;
    private final Function<String, Optional<byte[]>> answers;
    private final Map<Integer, String> paths = new HashMap<>();

    /** A server over a connection that was accepted. */
    public CannedServer(Wire wire, Function<String, Optional<byte[]>> answers) throws IOException {
        InputStream in = wire.in();
        if (in.readNBytes(PREFACE).length < PREFACE) {
            throw new EOFException("the client says nothing");
        }
        this.answers = answers;
        reader = new FrameReader(in);
        writer = new FrameWriter(wire.out());
        writer.emptySettings();
        writer.flush();
    }

    /** Serves until the connection ends. */
    public void serve() {
        try {
            while (true) {
                reader.read(this);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private void answer(int stream) throws IOException {
        Optional<byte[]> message = answers.apply(paths.getOrDefault(stream, ""));
        List<Header> head = new ArrayList<>();
        head.add(new Header(":status", "200"));
        head.add(new Header("content-type", "application/grpc"));
        if (message.isPresent()) {
            writer.headers(stream, Hpack.encode(head), /* end= */ false);
            byte[] framed = Messages.frame(new java.io.ByteArrayInputStream(message.get()));
            writer.data(stream, framed, 0, framed.length, /* end= */ false);
            writer.headers(
                    stream, Hpack.encode(List.of(new Header("grpc-status", "0"))), /* end= */ true);
        } else {
            head.add(new Header("grpc-status", "12"));
            head.add(new Header("grpc-message", "not prepared"));
            writer.headers(stream, Hpack.encode(head), /* end= */ true);
        }
        writer.flush();
    }

    @Override
    public void headers(int stream, List<Header> headers, boolean end) throws IOException {
        paths.put(stream, Trailers.value(headers, ":path").orElse(""));
        if (end) {
            answer(stream);
        }
    }

    @Override
    public void data(int stream, byte[] bytes, int credit, boolean end) throws IOException {
        if (end) {
            answer(stream);
        }
    }

    @Override
    public void reset(int stream, int code) {
        paths.remove(stream);
    }

    @Override
    public void setting(int id, int value) {}

    @Override
    public void settingsEnd() throws IOException {
        writer.acknowledgeSettings();
        writer.flush();
    }

    @Override
    public void ping(byte[] payload) throws IOException {
        writer.pong(payload);
        writer.flush();
    }

    @Override
    public void goAway(int lastStream) {}

    @Override
    public void windowUpdate(int stream, int bytes) {}
}
