package dev.gantry.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With a network namespace of the test's own, made by {@code ip}. */
@Tag("root")
class NamespaceThreadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private final String name = "gantry-test-" + UUID.randomUUID().toString().substring(0, 8);
    private final Path pin = Path.of("/run/netns", name);

    @BeforeEach
    void make() throws Exception {
        ip("netns", "add", name);
        ip("-n", name, "link", "set", "lo", "up");
    }

    @AfterEach
    void remove() throws Exception {
        ip("netns", "del", name);
    }

    private static void ip(String... words) throws Exception {
        var command = new java.util.ArrayList<>(java.util.List.of("ip"));
        command.addAll(java.util.List.of(words));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static String here() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @Test
    void theThreadIsInTheNamespaceAndTheCallerIsNot() throws IOException {
        String before = here();
        String inside =
                NamespaceThread.call(
                        PATIENCE,
                        thread -> {
                            thread.enter(pin);
                            return here();
                        });
        assertThat(inside).isNotEqualTo(before);
        assertThat(here()).isEqualTo(before);
    }

    @Test
    void aSocketOpenedThereIsOfTheNamespaceForEver() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocketChannel server =
                        NamespaceThread.call(
                                PATIENCE,
                                thread -> {
                                    thread.enter(pin);
                                    return ServerSocketChannel.open()
                                            .bind(new InetSocketAddress(loopback, 7777));
                                });
                SocketChannel client =
                        NamespaceThread.call(
                                PATIENCE,
                                thread -> {
                                    thread.enter(pin);
                                    return SocketChannel.open(
                                            new InetSocketAddress(loopback, 7777));
                                });
                SocketChannel accepted = server.accept()) {
            assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
    }

    @Test
    void whatFailsThereIsThrownHere() {
        assertThatThrownBy(
                        () ->
                                NamespaceThread.call(
                                        PATIENCE,
                                        thread -> {
                                            thread.enter(Path.of("/run/netns/" + name + "-not"));
                                            return here();
                                        }))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
        assertThatThrownBy(
                        () ->
                                NamespaceThread.call(
                                        PATIENCE,
                                        thread -> {
                                            thread.enter(Path.of("/proc/self/ns/uts"));
                                            return here();
                                        }))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("enter network namespace /proc/self/ns/uts");
    }

    @Test
    void workThatDoesNotEndIsGivenUp() {
        assertThatThrownBy(
                        () ->
                                NamespaceThread.call(
                                        Duration.ofMillis(20),
                                        _ -> {
                                            try {
                                                Thread.sleep(60_000);
                                            } catch (InterruptedException e) {
                                                throw new InterruptedIOException();
                                            }
                                            return "";
                                        }))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("within 20 ms");
    }
}
