package dev.gantry.linux.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.ErrnoException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixStreamTest {
    @TempDir Path dir;

    private static final Duration PATIENCE = Duration.ofSeconds(9);

    @Test
    void sendsAndReceives() throws Exception {
        Path path = dir.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (UnixStream stream = UnixStream.connect(path, PATIENCE);
                    var peer = server.accept();
                    Pipe pipe = Pipe.open();
                    ReadBuffer buffer = new ReadBuffer(64)) {
                stream.send("hello".getBytes(StandardCharsets.UTF_8), List.of(pipe.writer()));
                ByteBuffer got = ByteBuffer.allocate(16);
                peer.read(got);
                assertThat(new String(got.array(), 0, got.position(), StandardCharsets.UTF_8))
                        .isEqualTo("hello");
                assertThat(stream.peerPid()).isEqualTo(ProcessHandle.current().pid());

                assertThat(Poll.readable(List.of(stream.descriptor()), Duration.ZERO)).isEmpty();
                peer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                assertThat(Poll.readable(List.of(stream.descriptor()), Duration.ofSeconds(9)))
                        .containsExactly(stream.descriptor());
                assertThat(stream.descriptor().read(buffer)).isEqualTo(3);
                peer.shutdownOutput();
                assertThat(stream.descriptor().read(buffer)).isZero();
            }
        }
    }

    @Test
    void pipeDoesNotBlockAndEnds() throws Exception {
        Pipe pipe = Pipe.open();
        try (ReadBuffer buffer = new ReadBuffer(64)) {
            assertThat(pipe.reader().read(buffer)).isEqualTo(-1);
            pipe.writer().close();
            assertThat(pipe.reader().read(buffer)).isZero();
        } finally {
            pipe.close();
        }
    }

    @Test
    void saysWhatCouldNotBeConnected() {
        assertThatThrownBy(() -> UnixStream.connect(dir.resolve("none"), PATIENCE))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("none")
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> UnixStream.connect(dir.resolve("x".repeat(200)), PATIENCE))
                .hasMessageContaining("ENAMETOOLONG");
    }
}
