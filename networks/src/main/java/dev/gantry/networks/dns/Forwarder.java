package dev.gantry.networks.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Asks other resolvers, one after another, what the network does not know. Messages go on as they
 * are, under an id and from a port that nobody can guess; only an answer of the resolver to the
 * very question is taken. One that is cut off is the client's to ask for again by TCP.
 */
final class Forwarder {
    private static final int MOST_RESOLVERS = 3;
    private static final int LARGEST_MESSAGE = 65_535;
    private static final int SERVFAIL = 2;
    private static final int REFUSED = 5;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int port;
    private final Duration patience;

    /** Asks that port, and waits so long for each resolver. */
    Forwarder(int port, Duration patience) {
        this.port = port;
        this.patience = patience;
    }

    /** The first answer that is one, else the first resolver's refusal; empty when none answers. */
    Optional<byte[]> ask(Query query, List<InetAddress> resolvers, Transport transport) {
        Optional<byte[]> refusal = Optional.empty();
        for (InetAddress resolver : resolvers.stream().limit(MOST_RESOLVERS).toList()) {
            try {
                byte[] reply = ask(query, resolver, transport);
                int code = reply[3] & 0xf;
                if (code != SERVFAIL && code != REFUSED) {
                    return Optional.of(reply);
                }
                refusal = refusal.or(() -> Optional.of(reply));
            } catch (IOException e) {
                // It is down, or slow: the next one is asked.
            }
        }
        return refusal;
    }

    private byte[] ask(Query query, InetAddress resolver, Transport transport) throws IOException {
        byte[] asked = query.copy();
        int id = RANDOM.nextInt(1 << 16);
        setId(asked, id);
        byte[] reply =
                switch (transport) {
                    case UDP -> udp(asked, new InetSocketAddress(resolver, port));
                    case TCP -> tcp(asked, new InetSocketAddress(resolver, port));
                };
        setId(reply, query.id());
        return reply;
    }

    private byte[] udp(byte[] asked, InetSocketAddress resolver) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(resolver);
            socket.send(new DatagramPacket(asked, asked.length));
            DatagramPacket packet = new DatagramPacket(new byte[LARGEST_MESSAGE], LARGEST_MESSAGE);
            while (true) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                socket.setSoTimeout(Math.toIntExact(Math.max(1, left)));
                packet.setLength(LARGEST_MESSAGE);
                socket.receive(packet);
                byte[] reply = Arrays.copyOf(packet.getData(), packet.getLength());
                if (answers(reply, asked)) {
                    return reply;
                }
            }
        }
    }

    private byte[] tcp(byte[] asked, InetSocketAddress resolver) throws IOException {
        int millis = Math.toIntExact(patience.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(resolver, millis);
            socket.setSoTimeout(millis);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[asked.length + 2];
            framed[0] = (byte) (asked.length >> 8);
            framed[1] = (byte) asked.length;
            System.arraycopy(asked, 0, framed, 2, asked.length);
            out.write(framed);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] reply = new byte[in.readUnsignedShort()];
            in.readFully(reply);
            if (!answers(reply, asked)) {
                throw new IOException("an answer to another question");
            }
            return reply;
        }
    }

    /** Whether it is an answer with the id, and to the question where it repeats one. */
    static boolean answers(byte[] reply, byte[] asked) {
        if (reply.length < Query.HEADER_BYTES
                || (reply[2] & 0x80) == 0
                || reply[0] != asked[0]
                || reply[1] != asked[1]) {
            return false;
        }
        int questions = (reply[4] & 0xff) << 8 | (reply[5] & 0xff);
        return questions == 0 || sameQuestion(reply, asked);
    }

    /** The question of ours is the first thing after the header, and is never compressed. */
    private static boolean sameQuestion(byte[] reply, byte[] asked) {
        int end = Query.HEADER_BYTES;
        while (end < asked.length && asked[end] > 0) {
            end += asked[end] + 1;
        }
        end += 5;
        if (end > asked.length || end > reply.length) {
            return false;
        }
        for (int i = Query.HEADER_BYTES; i < end; i++) {
            if (lower(reply[i]) != lower(asked[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private static void setId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }
}
