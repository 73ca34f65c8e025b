package dev.gantry.cli.connect;

import dev.gantry.cli.http2.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** Connections to daemons, one kind for each {@link Endpoint}. */
final class Wires {
    private static final int CONNECT_MILLIS = 10_000;

    private Wires() {}

    static Wire dial(Endpoint endpoint) throws IOException {
        // A switch over types makes a class at run time, which the AOT cache cannot hold: ten
        // milliseconds.
        if (endpoint instanceof Endpoint.Unix unix) {
            return unix(unix);
        }
        if (endpoint instanceof Endpoint.Tcp tcp) {
            return tcp(tcp);
        }
        return ssh((Endpoint.Ssh) endpoint);
    }

    private record Streams(InputStream in, OutputStream out, Closer closer) implements Wire {
        @Override
        public void close() throws IOException {
            closer.close();
        }
    }

    private interface Closer {
        void close() throws IOException;
    }

    private static Wire unix(Endpoint.Unix unix) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(unix.socket()));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new Streams(new ChannelInput(channel), new ChannelOutput(channel), channel::close);
    }

    private static Wire tcp(Endpoint.Tcp tcp) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(tcp.host(), tcp.port()), CONNECT_MILLIS);
            if (tcp.tls().isPresent()) {
                SSLSocket secured = Tls.over(socket, tcp, tcp.tls().get());
                return new Streams(
                        secured.getInputStream(), secured.getOutputStream(), socket::close);
            }
            return new Streams(socket.getInputStream(), socket.getOutputStream(), socket::close);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** ssh's own words go to standard error. */
    private static Wire ssh(Endpoint.Ssh ssh) throws IOException {
        List<String> command = sshCommand(ssh);
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Streams(
                process.getInputStream(),
                process.getOutputStream(),
                () -> {
                    process.destroy();
                    process.getInputStream().close();
                });
    }

    static List<String> sshCommand(Endpoint.Ssh ssh) {
        List<String> command = new ArrayList<>(List.of("ssh", "-T", "-o", "ConnectTimeout=10"));
        ssh.port().ifPresent(port -> command.addAll(List.of("-p", Integer.toString(port))));
        command.addAll(List.of("--", ssh.destination(), "gantry"));
        Optional<String> socket = ssh.socket();
        socket.ifPresent(path -> command.addAll(List.of("-H", "unix://" + path)));
        command.addAll(List.of("system", "dial-stdio"));
        return command;
    }

    /**
     * A channel's streams without the locks of {@link Channels}: one thread reads and one writes,
     * and a blocking read must not keep the other from writing.
     */
    private static final class ChannelInput extends InputStream {
        private final SocketChannel channel;

        ChannelInput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return channel.read(java.nio.ByteBuffer.wrap(into, offset, length));
        }
    }

    private static final class ChannelOutput extends OutputStream {
        private final SocketChannel channel;

        ChannelOutput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
