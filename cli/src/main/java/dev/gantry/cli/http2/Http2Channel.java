package dev.gantry.cli.http2;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC channel over one HTTP/2 connection: unary and streaming calls, deadlines, metadata,
 * cancellation and flow control. It has neither name resolution, balancing, retries nor
 * compression, which a command of a fraction of a second needs not. A connection that ended is made
 * anew by the next call.
 *
 * <p>A message that is sent waits in {@code sendMessage} for the peer's window, so that whoever
 * reads a file faster than the daemon takes it needs no other care.
 */
public final class Http2Channel extends Channel {
    private final Shared shared;
    private final Map<String, String> headers;

    /** A channel; {@code dialer} is asked for a connection by the first call. */
    public Http2Channel(String authority, Wire.Dialer dialer) {
        this(new Shared(authority, dialer), Map.of());
    }

    private Http2Channel(Shared shared, Map<String, String> headers) {
        this.shared = shared;
        this.headers = Map.copyOf(headers);
    }

    /** The same connection with these headers on each call. */
    public Http2Channel with(Map<String, String> more) {
        return new Http2Channel(shared, more);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return new Http2Call<>(shared, method, options, headers);
    }

    @Override
    public String authority() {
        return shared.authority;
    }

    /** Ends the connection, and with it all its calls. */
    public void close() {
        shared.close();
    }

    /** What all views of a channel share. */
    static final class Shared {
        final String authority;
        private final Wire.Dialer dialer;
        private @Nullable Session session;

        Shared(String authority, Wire.Dialer dialer) {
            this.authority = authority;
            this.dialer = dialer;
        }

        synchronized Session session() throws Unreachable {
            Session current = session;
            if (current != null && current.usable()) {
                return current;
            }
            try {
                Session made = Session.start(dialer.dial());
                session = made;
                return made;
            } catch (IOException e) {
                throw new Unreachable("cannot connect", e);
            }
        }

        synchronized void close() {
            if (session != null) {
                session.close();
            }
        }
    }
}
