package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.util.List;
import java.util.Optional;

/**
 * The tree that a layer grows into. Everything in it comes from this layer, since it starts empty.
 *
 * <p>An entry replaces what has its name, except that a directory over a directory merges. A
 * whiteout is about the layers below only: it never hides what this layer has, before it or after
 * it (OCI layer.md, "Whiteouts"), but a directory that meets one is opaque; and so is a directory
 * that takes the place of another kind of file, as it would be had each entry been written through
 * the overlay.
 */
final class LayerTree implements Closeable {
    private static final byte[] YES = {'y'};

    private final Tally tally;
    private final Ledger ledger;
    private final RootedDirectory root;
    private final ParentDirectories parents;

    LayerTree(RootedDirectory root, Tally tally) throws ErrnoException {
        this.root = root;
        this.tally = tally;
        this.ledger = new Ledger(tally);
        this.parents = new ParentDirectories(root, tally, ledger);
        ledger.implied(root.top(), PathBytes.EMPTY, true);
    }

    /** The entry for the layer's root. */
    void root(TarEntry entry) throws ErrnoException {
        Metadata.applyToDirectory(root.top(), entry);
        ledger.stated(root.top(), PathBytes.EMPTY, entry);
    }

    /** Makes a file in place of whatever has its name. */
    FileHandle file(EntryName.Member member) throws ErrnoException {
        DirectoryHandle parent = parents.make(member.parent());
        try {
            FileHandle file = parent.createFile(member.name());
            tally.madeInode();
            return file;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        parent = cleared(member);
        FileHandle file = parent.createFile(member.name());
        tally.madeInode();
        return file;
    }

    void directory(EntryName.Member member, TarEntry entry) throws ErrnoException {
        DirectoryHandle parent = parents.make(member.parent());
        Optional<FileStatus> old = parent.find(member.name());
        boolean merges = old.isPresent() && old.get().isDirectory();
        if (!merges) {
            if (old.isPresent()) {
                parent = cleared(member);
            }
            parent.mkdir(member.name());
            tally.madeInode();
        }
        try (DirectoryHandle directory = parent.openDirectory(member.name())) {
            if (old.isPresent() && !merges) {
                directory.setXattr(XattrName.OVERLAY_OPAQUE, YES);
            }
            Metadata.applyToDirectory(directory, entry);
            ledger.stated(directory, pathOf(member), entry);
        }
    }

    void symlink(EntryName.Member member, TarEntry entry) throws ErrnoException {
        if (entry.link().isEmpty()) {
            throw Failure.invalid("symlink has no target");
        }
        DirectoryHandle parent = cleared(member);
        parent.symlink(entry.link(), member.name());
        tally.madeInode();
        Metadata.apply(parent, member.name(), entry, true);
    }

    void node(EntryName.Member member, TarEntry entry, FileKind kind) throws ErrnoException {
        DirectoryHandle parent = cleared(member);
        parent.mknod(member.name(), kind, entry.deviceMajor(), entry.deviceMinor());
        tally.madeInode();
        Metadata.apply(parent, member.name(), entry, false);
    }

    /** Links what an earlier entry of this layer made; its owner and mode stay as they are. */
    void hardlink(EntryName.Member member, TarEntry entry) throws ErrnoException {
        if (!(target(entry.link()) instanceof EntryName.Member target)) {
            throw Failure.invalid("hardlink to \"" + entry.link() + "\", which is not a file");
        }
        FileStatus there = linkable(target, entry.link());
        Optional<FileStatus> here = parents.make(member.parent()).find(member.name());
        if (here.isPresent() && here.get().inode() == there.inode()) {
            return;
        }
        DirectoryHandle to = cleared(member);
        DirectoryHandle from = parents.find(target.parent());
        to.hardlink(from, target.name(), member.name());
    }

    private static EntryName target(PathBytes link) {
        try {
            return EntryName.of(link);
        } catch (Failure e) {
            throw e.during("hardlink to \"" + link + "\"");
        }
    }

    private FileStatus linkable(EntryName.Member target, PathBytes shown) throws ErrnoException {
        Optional<FileStatus> status;
        try {
            status = parents.find(target.parent()).find(target.name());
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "hardlink to \"" + shown + "\": " + e.getMessage(),
                    e);
        }
        if (status.isEmpty() || status.get().isWhiteout() || status.get().isDirectory()) {
            throw Failure.invalid(
                    "hardlink to \"%s\", which is %s"
                            .formatted(
                                    shown,
                                    status.isPresent() && status.get().isDirectory()
                                            ? "a directory"
                                            : "no earlier file of this layer"));
        }
        return status.get();
    }

    void whiteout(EntryName.Whiteout whiteout) throws ErrnoException {
        DirectoryHandle parent = parents.make(whiteout.parent());
        Optional<FileStatus> own = parent.find(whiteout.name());
        if (own.isEmpty()) {
            parent.mknod(whiteout.name(), FileKind.CHARACTER, 0, 0);
            tally.madeInode();
        } else if (own.get().isDirectory()) {
            parent.xattrs(whiteout.name()).set(XattrName.OVERLAY_OPAQUE, YES);
        }
    }

    void opaque(EntryName.Opaque opaque) throws ErrnoException {
        parents.make(opaque.directory()).setXattr(XattrName.OVERLAY_OPAQUE, YES);
    }

    /** The parent of a name under which there is nothing any more. */
    private DirectoryHandle cleared(EntryName.Member member) throws ErrnoException {
        DirectoryHandle parent = parents.make(member.parent());
        Optional<FileStatus> old = parent.find(member.name());
        if (old.isEmpty()) {
            return parent;
        }
        if (old.get().isDirectory()) {
            tally.removedInodes(TreeRemover.remove(parent, member.name()));
        } else {
            parent.unlink(member.name());
            tally.removedInodes(old.get().links() > 1 ? 0 : 1);
        }
        parents.forget();
        return parents.make(member.parent());
    }

    private static PathBytes pathOf(EntryName.Member member) {
        List<PathBytes> path = new java.util.ArrayList<>(member.parent());
        path.add(member.name());
        return PathBytes.join(path);
    }

    /** Sets modes and times of directories; the last thing to do. */
    void finish() throws ErrnoException {
        ledger.settle(root);
    }

    List<PathBytes> impliedDirectories() {
        return ledger.impliedPaths();
    }

    @Override
    public void close() {
        parents.close();
    }
}
