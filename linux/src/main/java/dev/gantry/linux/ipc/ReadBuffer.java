package dev.gantry.linux.ipc;

import com.sun.jna.Memory;

/** Memory that reads go to; used by one thread, freed when closed. */
public final class ReadBuffer implements AutoCloseable {
    private final Memory memory;

    /**
     * @param size in bytes
     */
    public ReadBuffer(int size) {
        memory = new Memory(size);
    }

    Memory memory() {
        return memory;
    }

    /** A copy of the first bytes. */
    public byte[] bytes(int count) {
        return memory.getByteArray(0, count);
    }

    @Override
    public void close() {
        memory.close();
    }
}
