package dev.gantry.networks.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Asks as libraries in containers do, with bytes made by hand. */
final class Client {
    static final int A = 1;
    static final int PTR = 12;
    static final int MX = 15;
    static final int AAAA = 28;

    private Client() {}

    static byte[] question(int id, String name, int type) {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort((short) id).putShort((short) 0x0100).putShort((short) 1);
        out.putShort((short) 0).putInt(0);
        for (String label : name.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0).putShort((short) type).putShort((short) 1);
        return Arrays.copyOf(out.array(), out.position());
    }

    static byte[] udp(InetSocketAddress server, byte[] message, int timeoutMillis)
            throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(timeoutMillis);
            socket.connect(server);
            socket.send(new DatagramPacket(message, message.length));
            DatagramPacket reply = new DatagramPacket(new byte[65535], 65535);
            socket.receive(reply);
            return Arrays.copyOf(reply.getData(), reply.getLength());
        }
    }

    static byte[] tcp(InetSocketAddress server, byte[] message) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(20_000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(message.length);
            out.write(message);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] reply = new byte[in.readUnsignedShort()];
            in.readFully(reply);
            return reply;
        }
    }

    static int code(byte[] reply) {
        return reply[3] & 0xf;
    }

    static boolean truncated(byte[] reply) {
        return (reply[2] & 2) != 0;
    }

    static int answers(byte[] reply) {
        return reply[6] << 8 | reply[7];
    }

    /** The data of the last answer's record, of a length that the type has. */
    static byte[] lastBytes(byte[] reply, int count) {
        return Arrays.copyOfRange(reply, reply.length - count, reply.length);
    }
}
