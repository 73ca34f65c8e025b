package dev.gantry.linux.hash;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A SHA-2 digest by libcrypto. Its memory there is freed with the object; for one thread. */
final class OpenSslDigest extends MessageDigest {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int BUFFER = 64 << 10;

    private final int length;
    private final Pointer type;
    private final Pointer context;
    private final byte[] one = new byte[1];
    private @Nullable Memory buffer;

    OpenSslDigest(String algorithm) {
        super(algorithm);
        switch (algorithm) {
            case "SHA-256" -> {
                length = 32;
                type = LibCrypto.EVP_sha256();
            }
            case "SHA-512" -> {
                length = 64;
                type = LibCrypto.EVP_sha512();
            }
            default -> throw new IllegalArgumentException("no such digest: " + algorithm);
        }
        Pointer made = LibCrypto.EVP_MD_CTX_new();
        if (made == null) {
            throw new OutOfMemoryError("libcrypto has no memory for a digest");
        }
        context = made;
        CLEANER.register(this, () -> LibCrypto.EVP_MD_CTX_free(made));
        engineReset();
    }

    @Override
    protected int engineGetDigestLength() {
        return length;
    }

    @Override
    protected void engineReset() {
        check(LibCrypto.EVP_DigestInit_ex(context, type, null));
    }

    @Override
    protected void engineUpdate(byte input) {
        one[0] = input;
        engineUpdate(one, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int count) {
        Memory bytes = buffer();
        for (int done = 0; done < count; ) {
            int part = Math.min(count - done, BUFFER);
            bytes.write(0, input, offset + done, part);
            check(LibCrypto.EVP_DigestUpdate(context, bytes, part));
            done += part;
        }
    }

    /** A direct buffer is hashed where it lies. */
    @Override
    protected void engineUpdate(ByteBuffer input) {
        if (!input.isDirect()) {
            super.engineUpdate(input);
            return;
        }
        try {
            Pointer data = new Pointer(MemorySegment.ofBuffer(input).address());
            check(LibCrypto.EVP_DigestUpdate(context, data, input.remaining()));
        } finally {
            Reference.reachabilityFence(input);
        }
        input.position(input.limit());
    }

    @Override
    protected byte[] engineDigest() {
        Memory bytes = buffer();
        check(LibCrypto.EVP_DigestFinal_ex(context, bytes, null));
        byte[] result = bytes.getByteArray(0, length);
        engineReset();
        return result;
    }

    private Memory buffer() {
        Memory bytes = buffer;
        if (bytes == null) {
            bytes = new Memory(BUFFER);
            buffer = bytes;
        }
        return bytes;
    }

    private static void check(int ok) {
        if (ok != 1) {
            throw new IllegalStateException("libcrypto cannot hash");
        }
    }
}
