package dev.gantry.linux.hash;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;

/**
 * Where hashes of layers and blobs come from: OpenSSL, which uses the processor's instructions for
 * SHA from its first byte on, or the JDK, which does so only in code of its second compiler.
 */
public final class Digests {
    private static final boolean NATIVE = works("SHA-256") && works("SHA-512");

    private Digests() {}

    /** Whether OpenSSL does the work. */
    public static boolean isNative() {
        return NATIVE;
    }

    /**
     * A new digest. What lies in a direct buffer goes to OpenSSL without a copy, by {@link
     * MessageDigest#update(java.nio.ByteBuffer)}.
     *
     * @param algorithm {@code SHA-256} or {@code SHA-512}, as the JDK calls them
     */
    public static MessageDigest of(String algorithm) {
        return NATIVE ? new OpenSslDigest(algorithm) : jdk(algorithm);
    }

    private static MessageDigest jdk(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    /** Compares both on some data before the library is trusted. */
    private static boolean works(String algorithm) {
        try {
            byte[] data = new byte[70_001];
            new Random(1).nextBytes(data);
            MessageDigest openssl = new OpenSslDigest(algorithm);
            openssl.update(data, 0, 7);
            openssl.update(data, 7, 60_000);
            ByteBuffer direct = ByteBuffer.allocateDirect(data.length).put(data);
            openssl.update(direct.flip().position(60_007));
            return Arrays.equals(openssl.digest(), jdk(algorithm).digest(data));
        } catch (UnsatisfiedLinkError | RuntimeException e) {
            return false; // Not installed, or another version.
        }
    }
}
