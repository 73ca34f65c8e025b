package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarXattr;
import dev.gantry.imagestore.erofs.Attributes;
import dev.gantry.imagestore.erofs.Xattr;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.XattrName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of an image says of itself: the same as the kernel would leave on a file that was
 * given an entry's attributes by {@link Metadata}, or the same refusal.
 */
final class ImageAttributes {
    private static final int MAX_VALUE = 64 << 10;

    private ImageAttributes() {}

    static Attributes of(TarEntry entry, FileKind kind) throws ErrnoException {
        Map<Xattr.Name, byte[]> xattrs = new HashMap<>();
        for (TarXattr xattr : entry.xattrs()) {
            if (Metadata.isWanted(xattr)) {
                XattrName name = Metadata.nameOf(xattr);
                Optional<byte[]> kept = kept(name, xattr.value(), kind, entry.mode());
                kept.ifPresent(value -> xattrs.put(Xattr.Name.of(name), value));
            }
        }
        int mode = kind == FileKind.SYMLINK ? 0777 : entry.mode();
        return new Attributes(mode, entry.uid(), entry.gid(), entry.modified(), xattrs);
    }

    private static Optional<byte[]> kept(XattrName name, byte[] value, FileKind kind, int mode)
            throws ErrnoException {
        if (value.length > MAX_VALUE) {
            throw refused(name, 7); // E2BIG
        }
        boolean plain = kind == FileKind.REGULAR || kind == FileKind.DIRECTORY;
        return switch (name.toString()) {
            case "security.capability" -> {
                if (!PosixAcl.isCapability(value)) {
                    throw refused(name, Errno.EINVAL);
                }
                yield Optional.of(value);
            }
            case "system.posix_acl_access" ->
                    kind == FileKind.SYMLINK
                            ? Optional.empty()
                            : PosixAcl.of(name, value).flatMap(acl -> acl.withMode(mode));
            case "system.posix_acl_default" -> {
                if (kind == FileKind.SYMLINK) {
                    yield Optional.empty();
                }
                if (kind != FileKind.DIRECTORY) {
                    throw refused(name, Errno.EACCES);
                }
                yield PosixAcl.of(name, value).map(PosixAcl::bytes);
            }
            default ->
                    name.toString().startsWith("user.") && !plain
                            ? Optional.empty()
                            : Optional.of(value);
        };
    }

    private static ErrnoException refused(XattrName name, int errno) {
        return new ErrnoException("set xattr " + name, errno);
    }
}
