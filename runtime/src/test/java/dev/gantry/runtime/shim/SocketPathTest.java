package dev.gantry.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.ipc.UnixStream;
import dev.gantry.model.Failure;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shim's socket is reached however long its path is, also where the limits are. */
@Timeout(30)
class SocketPathTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path temporary;

    @ParameterizedTest
    @ValueSource(ints = {104, 105, 106, 107, 108, 109, 150, 255, 1000})
    void bothKindsOfConnection(int length) throws Exception {
        Path dir = directory(length - "/shim.sock".length());
        assertThat(dir.resolve("shim.sock").toString()).hasSize(length);
        assertThatThrownBy(() -> ShimConnection.open(dir, PATIENCE))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.UNAVAILABLE));
        Path shortName = temporary.resolve("s");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(shortName));
            Files.move(shortName, dir.resolve("shim.sock"));
            try (ShimConnection connection = ShimConnection.open(dir, PATIENCE);
                    var accepted = server.accept()) {
                assertThat(connection).isNotNull();
                assertThat(accepted.isConnected()).isTrue();
            }
            try (UnixStream stream =
                            ShimConnection.address(
                                    dir, p -> UnixStream.connect(p, Duration.ofSeconds(9)));
                    var accepted = server.accept()) {
                assertThat(stream.peerPid()).isEqualTo((int) ProcessHandle.current().pid());
                assertThat(accepted.isConnected()).isTrue();
            }
        }
    }

    @Test
    void aShimThatTakesNoConnections() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
                var alsoWaiting = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            UnixDomainSocketAddress address =
                    UnixDomainSocketAddress.of(temporary.resolve("shim.sock"));
            server.bind(address, 1);
            waiting.connect(address);
            alsoWaiting.connect(address);
            assertThatThrownBy(() -> ShimConnection.open(temporary, Duration.ofMillis(50)))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED))
                    .hasMessageContaining("took no connection");
        }
    }

    /** A directory whose absolute path has this length. */
    private Path directory(int length) throws Exception {
        Path dir = temporary;
        while (dir.toString().length() < length) {
            int left = length - dir.toString().length() - 1;
            // Never leaves one byte, which would be the next slash alone.
            dir = dir.resolve("d".repeat(left <= 200 ? left : Math.min(200, left - 2)));
        }
        return Files.createDirectories(dir);
    }
}
