package dev.gantry.linux.fs;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Memory outside the heap that file data passes through; reused for many writes by one thread. */
public final class NativeBuffer {
    private final ByteBuffer memory;
    private final long address;

    public NativeBuffer(int capacity) {
        this.memory = ByteBuffer.allocateDirect(capacity);
        this.address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
    }

    public int capacity() {
        return memory.capacity();
    }

    /** Copies bytes to its start. */
    void fill(byte[] source, int offset, int length) {
        memory.put(0, source, offset, length);
    }

    long address() {
        return address;
    }
}
