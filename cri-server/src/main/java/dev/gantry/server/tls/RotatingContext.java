package dev.gantry.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A context for a server that asks for one only once: each connection gets its engine from the
 * files as they are then.
 */
public final class RotatingContext extends SslContext {
    private final TlsContext files;

    public RotatingContext(TlsContext files) {
        this.files = files;
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return files.current().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // the only way there is to override it
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return files.current().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return files.current().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
        return files.current().newEngine(allocator, host, port);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return files.current().sessionContext();
    }
}
