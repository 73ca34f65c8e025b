package dev.gantry.cli.connect;

import dev.gantry.cli.http2.Http2Channel;
import io.grpc.Channel;
import java.util.List;
import java.util.Map;

/** A daemon that is talked to. Its connection is made at the first call. */
public final class Connection implements AutoCloseable {
    /** The scope of what people make. */
    public static final String LOCAL = "local";

    /** The scope of kubelet's pods. */
    public static final String CRI = "cri";

    /** For lists: both. */
    public static final String ALL = "all";

    private static final String HEADER = "gantry-scope";

    private final Endpoint endpoint;
    private final String scope;
    private final Http2Channel channel;

    /** A connection to that daemon, about pods of that scope. */
    public Connection(Endpoint endpoint, String scope) {
        this.endpoint = endpoint;
        this.scope = scope;
        channel = new Http2Channel(authority(endpoint), () -> Wires.dial(endpoint));
    }

    private static String authority(Endpoint endpoint) {
        return endpoint instanceof Endpoint.Tcp tcp ? tcp.host() + ":" + tcp.port() : "localhost";
    }

    /** Where the daemon is. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /**
     * {@link #LOCAL}, {@link #CRI} or {@link #ALL}, as the user chose; local unless told otherwise.
     */
    public String scope() {
        return scope;
    }

    /** The scopes that a list is about. */
    public List<String> scopes() {
        return scope.equals(ALL) ? List.of(LOCAL, CRI) : List.of(scope);
    }

    /**
     * For stubs: {@code ContainersGrpc.newBlockingStub(daemon.channel())}; in the user's scope,
     * local for all.
     */
    public Channel channel() {
        return channel(scope.equals(ALL) ? LOCAL : scope);
    }

    /** For stubs, in one scope. */
    public Channel channel(String oneScope) {
        return channel.with(Map.of(HEADER, oneScope));
    }

    @Override
    public void close() {
        channel.close();
    }
}
