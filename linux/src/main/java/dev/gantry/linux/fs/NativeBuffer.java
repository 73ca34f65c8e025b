package dev.gantry.linux.fs;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;

/**
 * Memory outside the heap that file data pass through, at a page's beginning, as files want it that
 * are written past the kernel's memory. Closing frees it at once, when surely nobody uses it any
 * more: its buffer then points to nothing. What is not closed goes with the object.
 */
public final class NativeBuffer implements AutoCloseable {
    private static final int PAGE = 4096;

    private final Memory memory;
    private final ByteBuffer bytes;

    /**
     * @param capacity at least 1 byte; what is in it is undefined
     */
    public NativeBuffer(int capacity) {
        this.memory = new Memory((long) capacity + PAGE);
        this.bytes = memory.align(PAGE).getByteBuffer(0, capacity);
    }

    /** The memory as a direct buffer, always the same object. */
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        memory.close();
    }
}
