package dev.gantry.server.streaming;

import dev.gantry.runtime.StreamOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The client of an exec or attach over SPDY: it opens one stream a role, each with a {@code
 * streamType}.
 */
final class SpdyCommand implements CommandClient, SpdySession.Listener {
    private static final Set<String> ROLES = Set.of("error", "stdin", "stdout", "stderr", "resize");

    /** Who reads from a stream that the client has opened. */
    private static final Set<String> READ = Set.of("stdin", "resize");

    private final Protocols.Command protocol;
    private final Set<String> expected;
    private final Map<String, SpdyStream> streams = new TreeMap<>();

    SpdyCommand(Protocols.Command protocol, StreamOptions options) {
        this.protocol = protocol;
        this.expected = expected(protocol, options);
    }

    private static Set<String> expected(Protocols.Command protocol, StreamOptions options) {
        Set<String> all = new TreeSet<>();
        all.add("error");
        if (options.stdin()) {
            all.add("stdin");
        }
        if (options.stdout()) {
            all.add("stdout");
        }
        if (options.stderr()) {
            all.add("stderr");
        }
        if (options.terminal() && protocol.resizes()) {
            all.add("resize");
        }
        return all;
    }

    @Override
    public synchronized Optional<String> opened(SpdyStream stream) {
        String role = stream.header(Protocols.STREAM_TYPE);
        if (!ROLES.contains(role)) {
            return Optional.of("its type \"" + role + "\" is unknown");
        }
        if (streams.containsKey(role)) {
            return Optional.of("there is a stream of type " + role + " already");
        }
        if (!expected.contains(role) || !READ.contains(role)) {
            stream.inbox().close();
        }
        streams.put(role, stream);
        notifyAll();
        return Optional.empty();
    }

    /** Waits until the client has opened what it asked for; what it has not when time is over. */
    synchronized Set<String> awaitStreams(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!streams.keySet().containsAll(expected)) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(streams.keySet());
        return missing;
    }

    private synchronized Optional<SpdyStream> stream(String role) {
        return expected.contains(role) ? Optional.ofNullable(streams.get(role)) : Optional.empty();
    }

    @Override
    public Optional<InputStream> stdin() {
        return stream("stdin").map(SpdyStream::inbox);
    }

    @Override
    public Optional<OutputStream> stdout() {
        return stream("stdout").map(s -> s);
    }

    @Override
    public Optional<OutputStream> stderr() {
        return stream("stderr").map(s -> s);
    }

    @Override
    public Optional<InputStream> sizes() {
        return stream("resize").map(SpdyStream::inbox);
    }

    @Override
    public void finish(CommandStatus status) throws IOException {
        READ.forEach(role -> stream(role).ifPresent(SpdyStream::cancel));
        String words = protocol.json() ? status.json() : status.text();
        Optional<SpdyStream> error = stream("error");
        if (error.isPresent() && !words.isEmpty()) {
            error.get().write(words.getBytes(StandardCharsets.UTF_8));
        }
        for (SpdyStream stream : all()) {
            stream.close();
        }
    }

    private synchronized Set<SpdyStream> all() {
        return Set.copyOf(streams.values());
    }
}
