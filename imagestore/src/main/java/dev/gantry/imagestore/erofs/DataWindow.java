package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.NativeBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Gathers the data of files, which come in the order of their places, into large pieces. */
final class DataWindow {
    private final DataOutput output;
    private @Nullable NativeBuffer window;
    private long start;
    private int used;
    private long holes;

    DataWindow(DataOutput output) {
        this.output = output;
    }

    void fill(long position, FileContent content, long length) throws IOException {
        long at = position;
        long stop = position + length;
        while (at < stop) {
            ByteBuffer room = at(at);
            room.limit((int) Math.min(room.capacity(), room.position() + stop - at));
            at += content.read(room);
            used = room.position();
        }
    }

    /** The window from a place on. Only blocks that have data are written: others lie between. */
    private ByteBuffer at(long position) throws IOException {
        NativeBuffer memory = window;
        if (memory != null) {
            long in = position - start;
            if (in < used) {
                throw new IllegalArgumentException("data out of order");
            }
            if (in < memory.bytes().capacity() && (in & -ImageFile.BLOCK) <= wholeBlocks()) {
                return zeros(memory.bytes(), used, (int) in);
            }
            flush(memory);
        }
        memory = output.take();
        window = memory;
        start = position & -ImageFile.BLOCK;
        used = (int) (position - start);
        return zeros(memory.bytes(), 0, used);
    }

    private int wholeBlocks() {
        return (int) ImageFile.blocks(used) * ImageFile.BLOCK;
    }

    private static ByteBuffer zeros(ByteBuffer memory, int from, int to) {
        MemorySegment.ofBuffer(memory.clear().limit(to).position(from)).fill((byte) 0);
        return memory.clear().position(to);
    }

    private void flush(NativeBuffer memory) throws IOException {
        int length = wholeBlocks();
        zeros(memory.bytes(), used, length);
        window = null;
        if (isZeros(memory.bytes().clear().limit(length))) {
            holes += length;
            output.giveBack(memory);
        } else {
            output.write(memory, start, length);
        }
    }

    private static boolean isZeros(ByteBuffer piece) {
        MemorySegment bytes = MemorySegment.ofBuffer(piece);
        long rest = bytes.byteSize() - 1;
        return rest < 0
                || (piece.get(0) == 0
                        && bytes.asSlice(0, rest).mismatch(bytes.asSlice(1, rest)) < 0);
    }

    /** Bytes of pieces that had nothing but zeros, and were left out. */
    long holes() {
        return holes;
    }

    /** Writes what is left, and waits for all of it. */
    void finish() throws IOException {
        NativeBuffer memory = window;
        if (memory != null) {
            flush(memory);
        }
        output.finish();
    }

    void close() {
        output.close();
    }
}
