package dev.gantry.linux.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL's digests are the JDK's, however the data are cut. */
final class DigestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"SHA-256", "SHA-512"})
    void agreesWithTheJdk(String algorithm) throws Exception {
        Random random = new Random(20);
        MessageDigest reused = new OpenSslDigest(algorithm);
        for (int round = 0; round < 200; round++) {
            byte[] data = new byte[random.nextInt(round % 10 == 0 ? 300_000 : 300)];
            random.nextBytes(data);
            MessageDigest jdk = MessageDigest.getInstance(algorithm);
            MessageDigest fresh = Digests.of(algorithm);
            for (int at = 0; at < data.length; ) {
                int count = Math.min(1 + random.nextInt(100_000), data.length - at);
                reused.update(data, at, count);
                fresh.update(data, at, count);
                at += count;
            }
            byte[] expected = jdk.digest(data);
            assertArrayEquals(expected, reused.digest(), "round " + round);
            assertArrayEquals(expected, fresh.digest(), "round " + round);
        }
        reused.update((byte) 7);
        reused.reset();
        assertArrayEquals(MessageDigest.getInstance(algorithm).digest(), reused.digest());
        assertEquals(algorithm, reused.getAlgorithm());
    }

    /** Also of a slice that does not begin where its memory does; the buffer's position moves. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hashesBuffersWhereTheyLie(boolean direct) throws Exception {
        byte[] data = new byte[100_000];
        new Random(21).nextBytes(data);
        ByteBuffer whole =
                direct ? ByteBuffer.allocateDirect(100_100) : ByteBuffer.allocate(100_100);
        ByteBuffer slice = whole.position(13).slice().put(data).flip();
        MessageDigest digest = Digests.of("SHA-256");
        digest.update(slice.limit(1));
        digest.update(slice.limit(70_000));
        digest.update(slice); // Nothing is left of it.
        digest.update(slice.limit(data.length).asReadOnlyBuffer());
        assertEquals(70_000, slice.position());
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(data);
        assertArrayEquals(expected, digest.digest());
    }

    @Test
    void opensslIsUsedWhereItIsInstalled() {
        assertTrue(Digests.isNative(), "libcrypto.so.3 (libssl3) is not usable here");
    }

    @Test
    void knowsNoOtherDigests() {
        assertThrows(IllegalArgumentException.class, () -> new OpenSslDigest("MD5"));
    }
}
