package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Reads the protocol's values; a payload that is too short is a Failure. */
final class WireReader {
    private static final long NANOS = 1_000_000_000L;

    private final ByteBuffer buffer;

    WireReader(byte[] payload) {
        buffer = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    int u8() {
        return buffer(1).get() & 0xff;
    }

    int u16() {
        return buffer(2).getShort() & 0xffff;
    }

    int i32() {
        return buffer(4).getInt();
    }

    long u64() {
        return buffer(8).getLong();
    }

    /** Nanoseconds since the epoch. */
    Instant instant() {
        long nanos = u64();
        return Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }

    String string() {
        int length = i32();
        if (length < 0 || length >= buffer.remaining()) {
            throw tooShort(new BufferUnderflowException());
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        buffer.get();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private ByteBuffer buffer(int bytes) {
        if (buffer.remaining() < bytes) {
            throw tooShort(new BufferUnderflowException());
        }
        return buffer;
    }

    private static Failure tooShort(BufferUnderflowException cause) {
        return new Failure(
                Failure.Code.INTERNAL,
                "the shim sent a message that is too short; daemon and shim are of different"
                        + " versions",
                cause);
    }
}
