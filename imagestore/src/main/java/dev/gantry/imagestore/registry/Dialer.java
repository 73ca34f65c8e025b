package dev.gantry.imagestore.registry;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * Makes connections: to the first of a host's addresses that takes one, through a proxy's tunnel
 * and with TLS where the route has them. They are channels, so that an interruption ends what a
 * thread does with one, whatever kind of thread it is.
 */
final class Dialer {
    private Dialer() {}

    /**
     * Connects.
     *
     * @param timeout for the connection, and once more for tunnel and TLS together
     * @throws Overdue when the time was up
     * @throws ProxyRefused when the proxy makes no tunnel
     */
    static Connection dial(Route route, Duration timeout) throws IOException {
        SocketChannel channel =
                route.proxy().isPresent()
                        ? connect(route.proxy().get().host(), route.proxy().get().port(), timeout)
                        : connect(route.name(), route.port(), timeout);
        Watch watch = new Watch(channel, timeout);
        try {
            Socket socket = channel.socket();
            if (route.tls().isPresent()) {
                if (route.proxy().isPresent()) {
                    tunnel(route, route.proxy().get(), socket);
                }
                socket = tls(route, route.tls().get(), socket);
            }
            return new Connection(channel, socket, watch);
        } catch (IOException e) {
            watch.close();
            close(channel);
            throw watch.judge(e, Overdue.Phase.CONNECTION);
        } catch (RuntimeException e) {
            watch.close();
            close(channel);
            throw e;
        }
    }

    private static SocketChannel connect(String host, int port, Duration timeout)
            throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        long until = System.nanoTime() + timeout.toNanos();
        IOException last = new UnknownHostException(host);
        for (int i = 0; i < addresses.length; i++) {
            long share = (until - System.nanoTime()) / (addresses.length - i);
            try {
                return connect(addresses[i], port, Duration.ofNanos(share));
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(e);
                }
                last = e;
            }
        }
        throw last;
    }

    private static SocketChannel connect(InetAddress address, int port, Duration timeout)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            int millis = Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
            channel.socket().connect(new InetSocketAddress(address, port), millis);
            return channel;
        } catch (SocketTimeoutException e) {
            close(channel);
            throw new Overdue(Overdue.Phase.CONNECTION, e);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    private static InterruptedIOException interrupted(IOException e) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        return interrupted;
    }

    /** Has the proxy connect us with the server (RFC 9110, 9.3.6). */
    private static void tunnel(Route route, Proxies.Proxy proxy, Socket socket) throws IOException {
        var http = new DefaultBHttpClientConnection(Connection.LIMITS);
        http.bind(socket);
        var request = new BasicClassicHttpRequest("CONNECT", (HttpHost) null, route.toString());
        request.setHeader("Host", route.toString());
        request.setHeader("User-Agent", Transport.USER_AGENT);
        if (!proxy.authorization().isEmpty()) {
            request.setHeader("Proxy-Authorization", proxy.authorization());
        }
        try {
            http.sendRequestHeader(request);
            http.flush();
            ClassicHttpResponse answer = http.receiveResponseHeader();
            if (answer.getCode() < 200 || answer.getCode() > 299) {
                String reason = answer.getReasonPhrase();
                throw new ProxyRefused(
                        answer.getCode(), reason == null ? "" : RegistryErrors.clean(reason));
            }
        } catch (HttpException e) {
            throw new IOException("the proxy's answer is not HTTP: " + e.getMessage(), e);
        }
    }

    private static Socket tls(Route route, SSLContext context, Socket socket) throws IOException {
        SSLSocket tls =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(socket, route.name(), route.port(), false);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    private static void close(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // What failed before is the reason.
        }
    }
}
