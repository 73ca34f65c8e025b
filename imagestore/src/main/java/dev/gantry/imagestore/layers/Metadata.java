package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarXattr;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;

/**
 * Owner, xattrs, mode and times of what an entry made, in the one order that works: chown clears
 * set-uid and file capabilities, and everything moves the times.
 */
final class Metadata {
    private Metadata() {}

    static void apply(FileHandle file, TarEntry entry) throws ErrnoException {
        if (entry.uid() != 0 || entry.gid() != 0) {
            file.chown(entry.uid(), entry.gid());
        }
        for (TarXattr xattr : entry.xattrs()) {
            if (isWanted(xattr)) {
                ignoringUnsupported(() -> file.setXattr(nameOf(xattr), xattr.value()));
            }
        }
        file.chmod(entry.mode());
        file.setTimes(entry.modified(), entry.modified());
    }

    /** For symlinks, which have no mode of their own, device nodes and fifos. */
    static void apply(DirectoryHandle parent, PathBytes name, TarEntry entry, boolean symlink)
            throws ErrnoException {
        parent.chown(name, entry.uid(), entry.gid());
        for (TarXattr xattr : entry.xattrs()) {
            if (isWanted(xattr)) {
                ignoringUnsupported(() -> parent.xattrs(name).set(nameOf(xattr), xattr.value()));
            }
        }
        if (!symlink) {
            parent.chmod(name, entry.mode());
        }
        parent.setTimes(name, entry.modified(), entry.modified());
    }

    /** Owner and xattrs of a directory; its mode and times come last, see {@link Ledger}. */
    static void applyToDirectory(DirectoryHandle directory, TarEntry entry) throws ErrnoException {
        directory.chown(entry.uid(), entry.gid());
        for (TarXattr xattr : entry.xattrs()) {
            if (isWanted(xattr) && !isDefaultAcl(xattr)) {
                ignoringUnsupported(() -> directory.setXattr(nameOf(xattr), xattr.value()));
            }
        }
    }

    /** A default ACL is inherited by what is made in the directory, so it too comes last. */
    static boolean isDefaultAcl(TarXattr xattr) {
        return xattr.name().equals(PathBytes.of("system.posix_acl_default"));
    }

    /**
     * What an image may bring: user attributes, security ones such as capabilities, and POSIX ACLs.
     * Not overlayfs' own marks, which would redirect or hide other layers; not other trusted
     * attributes; not an SELinux label, which the node's policy gives.
     */
    static boolean isWanted(TarXattr xattr) {
        String name = xattr.name().toString();
        return (name.startsWith("user.") && !name.startsWith("user.overlay."))
                || (name.startsWith("security.") && !name.equals("security.selinux"))
                || name.equals("system.posix_acl_access")
                || name.equals("system.posix_acl_default");
    }

    static XattrName nameOf(TarXattr xattr) {
        if (xattr.name().length() > PathBytes.MAX_NAME) {
            throw Failure.invalid("xattr \"" + xattr.name() + "\" has a name over 255 bytes");
        }
        return new XattrName(xattr.name());
    }

    /** A file system without xattrs, or user xattrs on a symlink: no reason to refuse an image. */
    static void ignoringUnsupported(Call call) throws ErrnoException {
        try {
            call.run();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM) {
                throw e;
            }
        }
    }

    /** A call that the kernel may refuse. */
    interface Call {
        void run() throws ErrnoException;
    }
}
