package dev.gantry.networks.dns;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one network's clients by UDP and TCP. Who is not on the network gets no answer, so that
 * it is no resolver for the world. Each question has a virtual thread; past a bound of them clients
 * are told to try again.
 */
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_QUESTIONS = 256;
    private static final int LARGEST_QUESTION = 4_096;
    private static final int PLAIN_LIMIT = 512;

    /** What passes any link unfragmented (DNS flag day 2020). */
    private static final int EDNS_LIMIT = 1_232;

    private final Zone zone;
    private final Answers answers;
    private final DatagramSocket udp;
    private final TcpDoor tcp;
    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);

    private DnsServer(Zone zone, Answers answers, DatagramSocket udp, ServerSocket tcp) {
        this.zone = zone;
        this.answers = answers;
        this.udp = udp;
        this.tcp = new TcpDoor(tcp, zone, answers);
    }

    /** Listens there, and asks others at port 53. The failure says what is in the way. */
    public static DnsServer open(InetSocketAddress address, Zone zone) {
        return open(address, zone, 53, PATIENCE);
    }

    static DnsServer open(
            InetSocketAddress address, Zone zone, int resolversPort, Duration patience) {
        DatagramSocket udp = null;
        try {
            udp = new DatagramSocket(address);
            // Whoever lets the system choose the port means one port.
            InetSocketAddress same =
                    new InetSocketAddress(address.getAddress(), udp.getLocalPort());
            ServerSocket tcp = new ServerSocket(same.getPort(), 64, same.getAddress());
            DnsServer server =
                    new DnsServer(
                            zone,
                            new Answers(zone, new Forwarder(resolversPort, patience)),
                            udp,
                            tcp);
            Thread.ofVirtual().name("dns " + same).start(server::receive);
            server.tcp.start("dns-tcp " + same);
            return server;
        } catch (IOException e) {
            if (udp != null) {
                udp.close();
            }
            throw Failure.of(
                    "listen for questions of containers (DNS) on %s port %d"
                            .formatted(address.getAddress().getHostAddress(), address.getPort()),
                    e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST_QUESTION], LARGEST_QUESTION);
        while (!udp.isClosed()) {
            try {
                packet.setLength(LARGEST_QUESTION);
                udp.receive(packet);
                InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
                if (zone.contains(client.getAddress())) {
                    take(Arrays.copyOf(packet.getData(), packet.getLength()), client);
                }
            } catch (IOException | RuntimeException e) {
                if (!udp.isClosed()) {
                    LOG.atDebug().addKeyValue("error", e.getMessage()).log("a question was lost");
                }
            }
        }
    }

    /** A question that finds no thread is dropped: its client asks again. */
    private void take(byte[] message, InetSocketAddress client) {
        if (!questions.tryAcquire()) {
            return;
        }
        Thread.ofVirtual()
                .name("dns question")
                .start(
                        () -> {
                            try {
                                reply(message, client);
                            } finally {
                                questions.release();
                            }
                        });
    }

    private void reply(byte[] message, InetSocketAddress client) {
        try {
            InetAddress from = client.getAddress();
            var query = Query.parse(message);
            if (query.isPresent()) {
                int limit = query.get().edns() ? EDNS_LIMIT : PLAIN_LIMIT;
                byte[] reply = answers.answer(query.get(), from, Transport.UDP, limit);
                udp.send(new DatagramPacket(reply, reply.length, client));
            }
        } catch (IOException | RuntimeException e) {
            LOG.atDebug()
                    .addKeyValue("client", client)
                    .addKeyValue("error", e.getMessage())
                    .log("a question was not answered");
        }
    }

    @Override
    public void close() {
        udp.close();
        tcp.close();
    }
}
