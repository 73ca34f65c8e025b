package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.linux.fs.Xattrs;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What archives of trees on disk have in common: their entries' headers, and how deep they go.
 *
 * @param hidden the beginning of the names of extended attributes that are left out
 */
record TreeHeaders(String hidden) {
    private static final int MAX_DEPTH = 256;

    /** The names of what lies below a directory. */
    static List<PathBytes> below(List<PathBytes> above, PathBytes name) {
        var names = new ArrayList<>(above);
        names.add(name);
        return names;
    }

    /** Refuses what would never end. */
    static void checkDepth(List<PathBytes> path) {
        if (path.size() > MAX_DEPTH) {
            throw Failure.precondition(
                    "%s lies deeper than %d directories"
                            .formatted(PathBytes.join(path), MAX_DEPTH));
        }
    }

    /**
     * An entry's header.
     *
     * @param name in its directory
     * @param whole what the archive calls it
     * @param kind tar's type flag; a hard link has neither size nor attributes
     */
    PaxWriter.Header of(
            DirectoryHandle in,
            PathBytes name,
            PathBytes whole,
            FileStatus status,
            char kind,
            PathBytes link)
            throws ErrnoException {
        return new PaxWriter.Header(
                whole,
                kind,
                link,
                status.permissions(),
                status.uid(),
                status.gid(),
                kind == '0' ? status.size() : 0,
                status.modified(),
                status.deviceMajor(),
                status.deviceMinor(),
                kind == '1' ? Map.of() : xattrs(in.xattrs(name)));
    }

    private Map<String, byte[]> xattrs(Xattrs all) throws ErrnoException {
        var kept = new HashMap<String, byte[]>();
        for (XattrName name : all.list()) {
            if (!name.toString().startsWith(hidden)) {
                Optional<byte[]> value = all.get(name);
                value.ifPresent(v -> kept.put(name.toString(), v));
            }
        }
        return kept;
    }
}
