package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Puts frames together from bytes as they come. */
final class FrameAssembler {
    private ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    /** Adds the bytes between position and limit. */
    void add(ByteBuffer bytes) {
        if (buffer.remaining() < bytes.remaining()) {
            int size = Math.max(buffer.capacity() * 2, buffer.position() + bytes.remaining());
            buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
        buffer.put(bytes);
    }

    /** The next whole frame, if there is one. */
    Optional<Frame> next() {
        if (buffer.position() < 4) {
            return Optional.empty();
        }
        int length = buffer.getInt(0);
        if (length < Frame.HEADER || length > Frame.LIMIT) {
            throw Failure.internal("the shim sent a frame of " + length + " bytes");
        }
        if (buffer.position() < 4 + length) {
            return Optional.empty();
        }
        buffer.flip();
        buffer.getInt();
        int type = buffer.getShort() & 0xffff;
        buffer.getShort();
        int id = buffer.getInt();
        byte[] payload = new byte[length - Frame.HEADER];
        buffer.get(payload);
        buffer.compact();
        return Optional.of(new Frame(type, id, payload));
    }
}
