package dev.gantry.runtime.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes the protocol's values: little-endian, strings with their length and a NUL. */
public final class WireWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

    public WireWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    public WireWriter u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    public WireWriter u32(long value) {
        room(4).putInt((int) value);
        return this;
    }

    public WireWriter u64(long value) {
        room(8).putLong(value);
        return this;
    }

    public WireWriter string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        u32(bytes.length);
        room(bytes.length + 1).put(bytes).put((byte) 0);
        return this;
    }

    public WireWriter bytes(byte[] value) {
        u32(value.length);
        return raw(value);
    }

    /** Bytes without a length. */
    public WireWriter raw(byte[] value) {
        room(value.length).put(value);
        return this;
    }

    public WireWriter strings(List<String> values) {
        u32(values.size());
        values.forEach(this::string);
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer room(int size) {
        if (buffer.remaining() < size) {
            int needed = buffer.position() + size;
            buffer =
                    ByteBuffer.allocate(Math.max(needed, buffer.capacity() * 2))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .put(buffer.flip());
        }
        return buffer;
    }
}
