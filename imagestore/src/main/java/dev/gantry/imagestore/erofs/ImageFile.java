package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileHandle;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file that grows by blocks: data, which come in order and leave in large pieces, and runs of
 * blocks for metadata among them, see {@link MetadataRuns}. What was taken and not written is a
 * hole, and so is a piece of zeros.
 */
final class ImageFile implements Closeable {
    static final int BLOCK = 4096;

    private static final long MAX_BLOCKS = 0xffff_fff0L;

    private final FileHandle file;
    private final DataWindow data;
    private final MetadataRuns metadata;
    private long end;

    private ImageFile(Path path, FileHandle file) {
        this.file = file;
        this.data = new DataWindow(new DataOutput(path, file));
        this.metadata = new MetadataRuns(this, file);
    }

    /** A new file. */
    static ImageFile create(Path path) throws IOException {
        return new ImageFile(path, FileHandle.create(path));
    }

    static long blocks(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK;
    }

    /** Takes blocks at the end, which are zeros; answers where they begin. */
    long allocate(long blocks) {
        long at = end;
        if (blocks > MAX_BLOCKS - end / BLOCK) {
            throw new Failure(Failure.Code.RESOURCE_EXHAUSTED, "an image is over 16 TiB");
        }
        end += blocks * BLOCK;
        return at;
    }

    /** Takes blocks for metadata. */
    long allocateMetadata(long blocks) throws IOException {
        return metadata.take(blocks);
    }

    /** Whether a block is one of metadata's to which writing costs no call of its own. */
    boolean isOpen(long position) {
        return metadata.isOpen(position);
    }

    /** Where the file ends. */
    long end() {
        return end;
    }

    /** Writes metadata to blocks that were taken. */
    void write(long position, byte[] bytes) throws IOException {
        check(position, bytes.length);
        if (bytes.length > 0) {
            metadata.write(position, ByteBuffer.wrap(bytes));
        }
    }

    /** Writes content to blocks that were taken: data in their order, or to open metadata. */
    void fill(long position, FileContent content, long length) throws IOException {
        check(position, length);
        if (length > 0 && metadata.isOpen(position)) {
            metadata.fill(position, content, (int) length);
        } else {
            data.fill(position, content, length);
        }
    }

    private void check(long position, long length) {
        if (position < 0 || position + length > end) {
            throw new IllegalArgumentException("write outside of what was taken");
        }
    }

    /** Bytes of zeros that were left out. */
    long holes() {
        return data.holes();
    }

    /** Writes out what is left; data are not taken any more. */
    void flush() throws IOException {
        data.finish();
        metadata.flush();
        file.truncate(end);
    }

    @Override
    public void close() {
        try {
            data.close();
        } finally {
            metadata.close();
            file.close();
        }
    }
}
