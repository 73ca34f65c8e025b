package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;

/**
 * What the extension headers before an entry say, and the entry that comes out of them and of its
 * own header. A pax record wins over a GNU long name, and that over the header.
 */
final class TarExtensions {
    /** Kinds of sparse file (GNU tar manual, "Storing Sparse Files"). */
    enum Sparse {
        NONE,
        OLD_GNU,
        PAX_0,
        PAX_1
    }

    private static final long MAX_ID = 0xfffffffeL;
    private static final int MAX_MAJOR = 0xfff;
    private static final int MAX_MINOR = 0xfffff;

    private PaxRecords pax;
    private Optional<PathBytes> longName = Optional.empty();
    private Optional<PathBytes> longLink = Optional.empty();
    private boolean any;

    TarExtensions(PaxRecords global) {
        this.pax = global;
    }

    void pax(PaxRecords records) {
        pax = records;
        any = true;
    }

    void longName(byte[] content) {
        longName = Optional.of(untilNul(content));
        any = true;
    }

    void longLink(byte[] content) {
        longLink = Optional.of(untilNul(content));
        any = true;
    }

    /** Whether a header came that needs an entry after it. */
    boolean any() {
        return any;
    }

    TarKind kind(TarBlock header) {
        char type = header.type();
        return switch (type) {
            case '0', '7', 'S' -> TarKind.FILE;
            case 0 -> isV7Directory(header) ? TarKind.DIRECTORY : TarKind.FILE;
            case '1' -> TarKind.HARDLINK;
            case '2' -> TarKind.SYMLINK;
            case '3' -> TarKind.CHARACTER;
            case '4' -> TarKind.BLOCK;
            case '5' -> TarKind.DIRECTORY;
            case '6' -> TarKind.FIFO;
            default ->
                    throw Failure.invalid(
                            "\"%s\" has type 0x%02x, which is none of a file system's"
                                    .formatted(name(header), (int) type));
        };
    }

    private boolean isV7Directory(TarBlock header) {
        byte[] name = name(header).toByteArray();
        return name.length > 0 && name[name.length - 1] == '/';
    }

    PathBytes name(TarBlock header) {
        return pax.path("GNU.sparse.name")
                .or(() -> pax.path("path"))
                .or(() -> longName)
                .orElseGet(header::name);
    }

    private PathBytes link(TarBlock header) {
        return pax.path("linkpath").or(() -> longLink).orElseGet(header::link);
    }

    /** Bytes of data in the archive. */
    long size(TarBlock header) {
        return pax.number("size").orElseGet(header::size);
    }

    Sparse sparse(TarBlock header) {
        if (header.type() == 'S') {
            return Sparse.OLD_GNU;
        }
        if (pax.has("GNU.sparse.major")) {
            long major = pax.number("GNU.sparse.major").orElse(0L);
            long minor = pax.number("GNU.sparse.minor").orElse(0L);
            if (major == 1 && minor == 0) {
                return Sparse.PAX_1;
            }
            if (major != 0) {
                throw Failure.invalid(
                        "\"%s\" is sparse in version %d.%d, which is not known"
                                .formatted(name(header), major, minor));
            }
        }
        return pax.sparseMap().isPresent() ? Sparse.PAX_0 : Sparse.NONE;
    }

    /** Bytes of the file with its holes. */
    long realSize(TarBlock header, long stored) {
        return switch (sparse(header)) {
            case NONE -> stored;
            case OLD_GNU -> header.oldSparseRealSize();
            case PAX_0, PAX_1 ->
                    pax.number("GNU.sparse.realsize")
                            .or(() -> pax.number("GNU.sparse.size"))
                            .orElseThrow(
                                    () ->
                                            Failure.invalid(
                                                    "\"%s\" is sparse without a size"
                                                            .formatted(name(header))));
        };
    }

    SparseMap.Builder paxSparseMap() {
        return pax.sparseMap().orElseThrow();
    }

    TarEntry entry(TarBlock header, TarKind kind, long size, SparseMap data) {
        PathBytes name = name(header);
        PathBytes link = link(header);
        if (name.length() > PathBytes.MAX_PATH || link.length() > PathBytes.MAX_PATH) {
            throw Failure.invalid("\"" + name + "\" has a name or a link target over 4095 bytes");
        }
        boolean linked = kind == TarKind.HARDLINK || kind == TarKind.SYMLINK;
        boolean device = kind == TarKind.CHARACTER || kind == TarKind.BLOCK;
        return new TarEntry(
                kind,
                name,
                linked ? link : PathBytes.EMPTY,
                header.mode(),
                id(name, "uid", pax.number("uid").orElseGet(header::uid)),
                id(name, "gid", pax.number("gid").orElseGet(header::gid)),
                size,
                pax.time("mtime").orElseGet(() -> new Timestamp(header.modified(), 0)),
                device ? deviceNumber(name, header.deviceMajor(), MAX_MAJOR) : 0,
                device ? deviceNumber(name, header.deviceMinor(), MAX_MINOR) : 0,
                kind == TarKind.HARDLINK ? List.of() : pax.xattrs(),
                data);
    }

    private static long id(PathBytes name, String what, long id) {
        if (id > MAX_ID) {
            throw Failure.invalid("\"%s\" has %s %d, out of range".formatted(name, what, id));
        }
        return id;
    }

    private static int deviceNumber(PathBytes name, long number, int max) {
        if (number > max) {
            throw Failure.invalid(
                    "\"%s\" has device number %d, out of range".formatted(name, number));
        }
        return (int) number;
    }

    private static PathBytes untilNul(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        return PathBytes.of(java.util.Arrays.copyOf(content, end));
    }
}
