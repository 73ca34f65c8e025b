package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.NativeBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Blocks for inodes and directories, next to each other in runs, so that little has to be read to
 * look around in an image. The last run is open: it is kept here and written as one. Runs double in
 * size; what is left of one is a hole. They are left in the kernel's memory, since a container
 * looks at most of them when it starts.
 */
final class MetadataRuns {
    private static final int LEAST = 16 << 10;
    private static final int MOST = 256 << 10;

    private final ImageFile image;
    private final FileHandle file;
    private final NativeBuffer memory = new NativeBuffer(MOST);
    private long start;
    private int size;
    private int used;

    MetadataRuns(ImageFile image, FileHandle file) {
        this.image = image;
        this.file = file;
    }

    /** Takes blocks next to each other. More than a run has are never open. */
    long take(long blocks) throws IOException {
        long bytes = blocks * ImageFile.BLOCK;
        if (bytes > MOST) {
            return image.allocate(blocks);
        }
        if (bytes > size - used) {
            flush();
            size = Math.max(Math.clamp(2L * size, LEAST, MOST), (int) bytes);
            start = image.allocate(size / ImageFile.BLOCK);
            used = 0;
            MemorySegment.ofBuffer(memory.bytes().clear().limit(size)).fill((byte) 0);
        }
        long at = start + used;
        used += (int) bytes;
        return at;
    }

    boolean isOpen(long position) {
        return position >= start && position < start + used;
    }

    /** Content into the open run. */
    void fill(long position, FileContent content, int length) throws IOException {
        int at = Math.toIntExact(position - start);
        ByteBuffer room = memory.bytes().clear().limit(Math.min(at + length, used)).position(at);
        for (int left = length; left > 0; ) {
            left -= content.read(room);
        }
    }

    /** Into the open run, or in place. */
    void write(long position, ByteBuffer bytes) throws IOException {
        if (isOpen(position)) {
            memory.bytes().clear().position((int) (position - start)).put(bytes);
            return;
        }
        try (NativeBuffer direct = new NativeBuffer(bytes.remaining())) {
            file.write(direct.bytes().put(bytes).flip(), position);
        }
    }

    /** Writes the open run; more may be written to it. */
    void flush() throws IOException {
        if (used > 0) {
            file.write(memory.bytes().clear().limit(used), start);
            file.beginWriteback(start, used);
        }
    }

    void close() {
        memory.close();
    }
}
