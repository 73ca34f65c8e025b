package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads a tar archive entry by entry: v7, ustar, pax, GNU and star, with long names, xattrs and all
 * four kinds of GNU sparse files. What is malformed, out of range or too large is a {@link Failure}
 * that says where; nothing in an archive makes it use more than a few MiB (16 more for a sparse
 * map).
 */
public final class TarReader {
    private static final int PAX = PaxRecords.MAX_SIZE;
    private static final int LONG_NAME = PathBytes.MAX_PATH + 1;

    private final TarInput in;
    private final long maxSize;
    private final byte[] block = new byte[TarBlock.SIZE];
    private PaxRecords global = PaxRecords.none();
    private long dataLeft;
    private int padding;
    private long headers;
    private boolean ended;

    /**
     * @param maxSize bytes of the largest file that is accepted
     */
    public TarReader(InputStream in, long maxSize) {
        this.in = new TarInput(in);
        this.maxSize = maxSize;
    }

    /** Header blocks read so far, extension headers included. */
    public long headers() {
        return headers;
    }

    /**
     * The next entry, the rest of the last one's data skipped; empty at the end of the archive,
     * when the whole stream has been read.
     */
    public Optional<TarEntry> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        in.skip(dataLeft);
        in.skipPadding(padding);
        dataLeft = 0;
        padding = 0;
        long start = in.position();
        try {
            Optional<TarEntry> entry = readEntry();
            if (entry.isEmpty()) {
                ended = true;
                in.drain();
            }
            return entry;
        } catch (Failure e) {
            throw e.during("header at byte " + start);
        }
    }

    /** Reads data of the current entry, holes left out; -1 when there is no more. */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (dataLeft == 0) {
            return -1;
        }
        int count = in.read(target, offset, (int) Math.min(length, dataLeft));
        dataLeft -= count;
        return count;
    }

    /** The same into a direct buffer, as far as there is room in it. */
    public int read(ByteBuffer target) throws IOException {
        if (dataLeft == 0) {
            return -1;
        }
        int count = in.read(target, dataLeft);
        dataLeft -= count;
        return count;
    }

    private Optional<TarEntry> readEntry() throws IOException {
        TarExtensions extensions = new TarExtensions(global);
        while (readHeader(extensions.any())) {
            TarBlock header = new TarBlock(block);
            header.verifyChecksum();
            switch (header.type()) {
                case 'x' -> extensions.pax(PaxRecords.parse(extension(header, PAX), global));
                case 'g' -> global = PaxRecords.parse(extension(header, PAX), global).checkGlobal();
                case 'L' -> extensions.longName(extension(header, LONG_NAME));
                case 'K' -> extensions.longLink(extension(header, LONG_NAME));
                case 'V' -> extension(header, PAX);
                default -> {
                    return Optional.of(readData(header, extensions));
                }
            }
        }
        return Optional.empty();
    }

    /** False at the end of the archive: two blocks of zeros, or the end of the stream. */
    private boolean readHeader(boolean extended) throws IOException {
        boolean more = in.readBlock(block);
        if (more && new TarBlock(block).isZero()) {
            more = in.readBlock(block) && !new TarBlock(block).isZero();
            if (more) {
                throw Failure.invalid("a block of zeros stands in the middle of the archive");
            }
        }
        if (!more && extended) {
            throw Failure.invalid("archive ends after an extension header");
        }
        headers++;
        return more;
    }

    private byte[] extension(TarBlock header, int limit) throws IOException {
        long size = header.size();
        if (size > limit) {
            throw Failure.invalid(
                    "extension header of %d bytes is over the limit of %d".formatted(size, limit));
        }
        byte[] content = in.readFully((int) size);
        in.skip(paddingOf(size));
        return content;
    }

    private TarEntry readData(TarBlock header, TarExtensions extensions) throws IOException {
        TarKind kind = extensions.kind(header);
        if (kind != TarKind.FILE) {
            return extensions.entry(header, kind, 0, SparseMap.NONE);
        }
        long stored = checked(extensions.size(header), extensions.name(header));
        padding = paddingOf(stored);
        dataLeft = stored;
        long size = checked(extensions.realSize(header, stored), extensions.name(header));
        SparseMap data = sparseMap(header, extensions, size);
        return extensions.entry(header, kind, size, data);
    }

    private SparseMap sparseMap(TarBlock header, TarExtensions extensions, long size)
            throws IOException {
        return switch (extensions.sparse(header)) {
            case NONE -> SparseMap.whole(size);
            case OLD_GNU -> oldSparse(header).build(size, dataLeft);
            case PAX_0 -> extensions.paxSparseMap().build(size, dataLeft);
            case PAX_1 -> leadingSparseMap().build(size, dataLeft);
        };
    }

    private SparseMap.Builder oldSparse(TarBlock header) throws IOException {
        SparseMap.Builder map = new SparseMap.Builder();
        boolean more = header.readOldSparse(map);
        while (more) {
            more = new TarBlock(in.readFully(TarBlock.SIZE)).readOldSparseExtension(map);
        }
        return map;
    }

    /** GNU sparse 1.0: the map stands before the data, decimal lines padded to a block. */
    private SparseMap.Builder leadingSparseMap() throws IOException {
        SparseMap.Builder map = new SparseMap.Builder();
        long wanted = -1;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (wanted < 0 || map.count() < 2 * wanted) {
            if (dataLeft < TarBlock.SIZE) {
                throw Failure.invalid("sparse map is longer than the data it stands in");
            }
            byte[] bytes = in.readFully(TarBlock.SIZE);
            dataLeft -= TarBlock.SIZE;
            for (byte b : bytes) {
                if (wanted >= 0 && map.count() >= 2 * wanted) {
                    break;
                }
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                long number = PaxRecords.decimal("sparse map", line.toByteArray());
                line.reset();
                if (wanted >= 0) {
                    map.add(number);
                } else if (number > SparseMap.MAX_SEGMENTS) {
                    throw Failure.invalid(
                            "sparse map of %d segments is too long".formatted(number));
                } else {
                    wanted = number;
                }
            }
            if (line.size() > TarBlock.SIZE) {
                throw Failure.invalid("sparse map has a number that is too long");
            }
        }
        return map;
    }

    private long checked(long size, PathBytes name) {
        if (size > maxSize) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "\"%s\" of %d bytes is over the limit of %d for a layer"
                            .formatted(name, size, maxSize));
        }
        return size;
    }

    private static int paddingOf(long size) {
        return (int) (-size & (TarBlock.SIZE - 1));
    }
}
