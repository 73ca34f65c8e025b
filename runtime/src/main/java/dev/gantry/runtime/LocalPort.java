package dev.gantry.runtime;

import dev.gantry.linux.process.NamespaceThread;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Connections to localhost as a pod sees it. Only the making of the socket happens in the pod's
 * network namespace; it stays there, so connecting and all else is done from anywhere.
 */
final class LocalPort {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::1");

    private LocalPort() {}

    /**
     * Connects, IPv4 before IPv6.
     *
     * @param netns the pin of the namespace; empty: the host's
     * @param patience for each of the two
     */
    static SocketChannel connect(Optional<Path> netns, int port, Duration patience) {
        List<String> said = new ArrayList<>();
        for (InetAddress localhost : List.of(IPV4, IPV6)) {
            InetSocketAddress address = new InetSocketAddress(localhost, port);
            try {
                return connect(netns, address, patience);
            } catch (SocketTimeoutException _) {
                said.add("%s: no answer within %d s".formatted(address, patience.toSeconds()));
            } catch (IOException | UnsupportedOperationException e) {
                said.add(address + ": " + e.getMessage());
            }
        }
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "nothing in the pod takes connections to port %d of localhost (%s)"
                        .formatted(port, String.join("; ", said)));
    }

    private static SocketChannel connect(
            Optional<Path> netns, InetSocketAddress to, Duration patience) throws IOException {
        ProtocolFamily family =
                to.getAddress() instanceof Inet4Address
                        ? StandardProtocolFamily.INET
                        : StandardProtocolFamily.INET6;
        SocketChannel channel =
                netns.isPresent()
                        ? NamespaceThread.call(
                                patience,
                                here -> {
                                    here.enter(netns.get());
                                    return SocketChannel.open(family);
                                })
                        : SocketChannel.open(family);
        try {
            channel.socket().connect(to, Math.toIntExact(patience.toMillis()));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
