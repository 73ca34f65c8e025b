package dev.gantry.networks.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real queries over loopback, to a server whose resolver is another one of its kind. */
class DnsServerTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int PATIENT = 20_000;

    private final FakeZone zone = new FakeZone();
    private final FakeZone world = new FakeZone();
    private DnsServer upstream;
    private DnsServer server;

    @BeforeEach
    void open() {
        InetSocketAddress any = new InetSocketAddress(LOOPBACK, 0);
        upstream = DnsServer.open(any, world, 1, Duration.ofSeconds(20));
        server = DnsServer.open(any, zone, upstream.address().getPort(), Duration.ofSeconds(20));
        zone.put("db", "10.1.2.3", "fd01::3");
        zone.put("only4", "10.1.2.4");
        zone.resolvers.add(LOOPBACK);
        world.put("example.org", "192.0.2.80");
    }

    @AfterEach
    void close() {
        server.close();
        upstream.close();
    }

    @Test
    void namesHaveTheirAddressesByBothTransports() throws IOException {
        for (byte[] reply :
                new byte[][] {ask("db", Client.A), askByTcp("db", Client.A), ask("DB", Client.A)}) {
            assertThat(Client.code(reply)).isZero();
            assertThat(reply[0] << 8 | reply[1]).isEqualTo(77);
            assertThat(Client.answers(reply)).isEqualTo(1);
            assertThat(Client.lastBytes(reply, 4)).containsExactly(10, 1, 2, 3);
        }
        assertThat(Client.lastBytes(ask("db", Client.AAAA), 16))
                .isEqualTo(InetAddress.ofLiteral("fd01::3").getAddress());
    }

    @Test
    void aNameWithoutAnAddressOfTheFamilyIsThereWithoutRecords() throws IOException {
        for (int type : new int[] {Client.AAAA, Client.MX}) {
            byte[] reply = ask("only4", type);
            assertThat(Client.code(reply)).isZero();
            assertThat(Client.answers(reply)).isZero();
        }
    }

    @Test
    void addressesHaveNamesAndThoseOfNobodyDoNotExist() throws IOException {
        byte[] reply = ask("3.2.1.10.in-addr.arpa", Client.PTR);
        assertThat(Client.answers(reply)).isEqualTo(1);
        assertThat(new String(Client.lastBytes(reply, 4), StandardCharsets.US_ASCII))
                .isEqualTo("\2db\0");

        assertThat(Client.code(ask("9.9.9.10.in-addr.arpa", Client.PTR))).isEqualTo(3);
    }

    @Test
    void otherNamesAreAskedFurtherByTheSameTransport() throws IOException {
        assertThat(Client.lastBytes(ask("example.org", Client.A), 4))
                .containsExactly(192, 0, 2, 80);
        byte[] reply = askByTcp("example.org", Client.A);
        assertThat(Client.lastBytes(reply, 4)).containsExactly(192, 0, 2, 80);
        assertThat(reply[1]).isEqualTo((byte) 77);
        zone.resolvers.clear();
        assertThat(Client.code(ask("example.org", Client.A))).as("nobody to ask").isEqualTo(2);
    }

    @Test
    void whatDoesNotFitIsAskedForAgainByTcp() throws IOException {
        String[] many = new String[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.7.0." + (i + 1);
        }
        zone.put("many", many);

        assertThat(Client.truncated(ask("many", Client.A))).isTrue();
        assertThat(Client.answers(askByTcp("many", Client.A))).isEqualTo(60);
    }

    @Test
    void strangersGetNoAnswer() throws IOException {
        zone.open = false;
        assertThatThrownBy(() -> Client.udp(server.address(), query("db", Client.A), 300))
                .isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> askByTcp("db", Client.A)).isInstanceOf(IOException.class);
        zone.open = true;
        assertThat(Client.answers(ask("db", Client.A))).isEqualTo(1);
    }

    @Test
    void rubbishDoesNoHarm() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] message = query("a.b.c", Client.A);
            for (int n = random.nextInt(8); n >= 0; n--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            Query.parse(message)
                    .ifPresent(
                            query ->
                                    assertThat(
                                                    new Answers(
                                                                    zone,
                                                                    new Forwarder(1, Duration.ZERO))
                                                            .answer(
                                                                    asOwn(query),
                                                                    LOOPBACK,
                                                                    Transport.UDP,
                                                                    512))
                                            .as("seed %d", seed)
                                            .hasSizeLessThanOrEqualTo(512));
        }
        byte[] circle = query("x", Client.A);
        circle[12] = (byte) 0xc0;
        circle[13] = 12;
        assertThat(Client.code(Client.udp(server.address(), circle, PATIENT))).isEqualTo(1);
        assertThat(Client.answers(ask("db", Client.A))).isEqualTo(1);
    }

    /** With a zone that passes nothing on. */
    private Query asOwn(Query query) {
        zone.resolvers.clear();
        return query;
    }

    @Test
    void anAnswerToAnotherQuestionIsNone() {
        byte[] asked = query("db", Client.A);
        byte[] reply = asked.clone();
        reply[2] |= (byte) 0x80;
        assertThat(Forwarder.answers(reply, asked)).isTrue();
        byte[] otherId = reply.clone();
        otherId[0]++;
        assertThat(Forwarder.answers(otherId, asked)).isFalse();
        byte[] otherName = reply.clone();
        otherName[13] = 'x';
        assertThat(Forwarder.answers(otherName, asked)).isFalse();
        assertThat(Forwarder.answers(asked, asked)).as("a question").isFalse();
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> DnsServer.open(server.address(), zone, 1, Duration.ofSeconds(1)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("127.0.0.1 port " + server.address().getPort());
    }

    @Test
    void afterTheEndNobodyListens() {
        InetSocketAddress address = server.address();
        server.close();
        assertThatThrownBy(() -> Client.tcp(address, query("db", Client.A)))
                .isInstanceOf(SocketException.class);
    }

    private static byte[] query(String name, int type) {
        return Client.question(77, name, type);
    }

    private byte[] ask(String name, int type) throws IOException {
        return Client.udp(server.address(), query(name, type), PATIENT);
    }

    private byte[] askByTcp(String name, int type) throws IOException {
        return Client.tcp(server.address(), query(name, type));
    }
}
