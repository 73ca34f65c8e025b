package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.linux.fs.Xattrs;
import java.util.Optional;

/** What overlayfs writes into its directories about others (kernel, overlayfs.rst). */
final class OverlayMarks {
    private OverlayMarks() {}

    /**
     * Whether a name is removed: a character device 0/0 or, since Linux 6.7, an empty file with an
     * attribute, which an overlay that lies on another overlay writes.
     */
    static boolean isWhiteout(DirectoryHandle in, PathBytes name, FileStatus status)
            throws ErrnoException {
        return status.isWhiteout()
                || (status.kind() == FileKind.REGULAR
                        && status.size() == 0
                        && in.xattrs(name).get(XattrName.OVERLAY_WHITEOUT).isPresent());
    }

    /** Whether a directory hides what is below it; "x" only says that whiteouts may be files. */
    static boolean isOpaque(Xattrs ofDirectory) throws ErrnoException {
        Optional<byte[]> mark = ofDirectory.get(XattrName.OVERLAY_OPAQUE);
        return mark.isPresent() && mark.get().length == 1 && mark.get()[0] == 'y';
    }
}
