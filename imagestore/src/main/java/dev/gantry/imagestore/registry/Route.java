package dev.gantry.imagestore.registry;

import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A way to a server: what goes the same one may use the same connection.
 *
 * @param host name or address; a literal IPv6 address in brackets
 * @param tls empty for plain HTTP
 */
record Route(String host, int port, Optional<SSLContext> tls, Optional<Proxies.Proxy> proxy) {
    static Route to(URI uri, Optional<SSLContext> tls, Optional<Proxies.Proxy> proxy) {
        return new Route(uri.getHost(), Transport.port(uri), tls, proxy);
    }

    /** Whether a proxy is told each request's whole URI, rather than connecting us through. */
    boolean forwarded() {
        return tls.isEmpty() && proxy.isPresent();
    }

    /** The host without brackets. */
    String name() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Host and port. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
