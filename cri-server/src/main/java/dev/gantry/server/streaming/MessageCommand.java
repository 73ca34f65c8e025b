package dev.gantry.server.streaming;

import dev.gantry.runtime.StreamOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** The client of an exec or attach over WebSocket. */
final class MessageCommand implements CommandClient {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int ERROR = 3;
    private static final int RESIZE = 4;

    static final int CHANNELS = 5;

    private final MessageSession session;
    private final boolean json;
    private final StreamOptions options;

    MessageCommand(MessageSession session, boolean json, StreamOptions options) {
        this.session = session;
        this.json = json;
        this.options = options;
    }

    /** The channels that the client may send on. */
    static Set<Integer> readable(StreamOptions options) {
        return options.stdin() ? Set.of(STDIN, RESIZE) : Set.of(RESIZE);
    }

    /** Tells the client that it is served: an empty message on the first channel it reads. */
    void greet() throws IOException {
        int channel = options.stdout() ? STDOUT : options.stderr() ? STDERR : ERROR;
        session.to(channel).write(new byte[0]);
    }

    @Override
    public Optional<InputStream> stdin() {
        return options.stdin() ? Optional.of(session.from(STDIN)) : Optional.empty();
    }

    @Override
    public Optional<OutputStream> stdout() {
        return options.stdout() ? Optional.of(session.to(STDOUT)) : Optional.empty();
    }

    @Override
    public Optional<OutputStream> stderr() {
        return options.stderr() ? Optional.of(session.to(STDERR)) : Optional.empty();
    }

    @Override
    public Optional<InputStream> sizes() {
        return Optional.of(session.from(RESIZE));
    }

    @Override
    public void finish(CommandStatus status) throws IOException {
        String words = json ? status.json() : status.text();
        if (!words.isEmpty()) {
            session.to(ERROR).write(words.getBytes(StandardCharsets.UTF_8));
        }
        session.finish();
    }
}
