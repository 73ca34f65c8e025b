package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.layers.GrowingDirectory.Found;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
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
    private final Tally tally;
    private final GrowingTree tree;
    private final ParentDirectories parents;

    LayerTree(GrowingTree tree, Tally tally) throws ErrnoException {
        this.tree = tree;
        this.tally = tally;
        this.parents = new ParentDirectories(tree, tally);
        tree.top().imply(PathBytes.EMPTY, true);
    }

    /** The entry for the layer's root. */
    void root(TarEntry entry) throws ErrnoException {
        tree.top().state(PathBytes.EMPTY, entry);
    }

    /** Makes a file in place of whatever has its name. */
    void file(EntryName.Member member, TarEntry entry, EntryData data) throws IOException {
        GrowingDirectory parent = parents.make(member.parent());
        try {
            parent.createFile(member.name(), entry, data);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            cleared(member).createFile(member.name(), entry, data);
        }
        tally.madeInode();
    }

    void directory(EntryName.Member member, TarEntry entry) throws IOException {
        GrowingDirectory parent = parents.make(member.parent());
        Optional<Found> old = parent.find(member.name());
        boolean merges = old.isPresent() && old.get().isDirectory();
        if (!merges) {
            if (old.isPresent()) {
                parent = cleared(member);
            }
            parent.mkdir(member.name());
            tally.madeInode();
        }
        try (GrowingDirectory directory = parent.openDirectory(member.name())) {
            if (old.isPresent() && !merges) {
                directory.makeOpaque();
            }
            directory.state(pathOf(member), entry);
        }
    }

    void symlink(EntryName.Member member, TarEntry entry) throws IOException {
        if (entry.link().isEmpty()) {
            throw Failure.invalid("symlink has no target");
        }
        cleared(member).symlink(member.name(), entry);
        tally.madeInode();
    }

    void node(EntryName.Member member, TarEntry entry, FileKind kind) throws IOException {
        cleared(member).mknod(member.name(), kind, entry);
        tally.madeInode();
    }

    /** Links what an earlier entry of this layer made; its owner and mode stay as they are. */
    void hardlink(EntryName.Member member, TarEntry entry) throws IOException {
        if (!(target(entry.link()) instanceof EntryName.Member target)) {
            throw Failure.invalid("hardlink to \"" + entry.link() + "\", which is not a file");
        }
        Found there = linkable(target, entry.link());
        Optional<Found> here = parents.make(member.parent()).find(member.name());
        if (here.isPresent() && here.get().inode() == there.inode()) {
            return;
        }
        GrowingDirectory to = cleared(member);
        GrowingDirectory from = parents.find(target.parent());
        to.hardlink(from, target.name(), member.name());
    }

    private static EntryName target(PathBytes link) {
        try {
            return EntryName.of(link);
        } catch (Failure e) {
            throw e.during("hardlink to \"" + link + "\"");
        }
    }

    private Found linkable(EntryName.Member target, PathBytes shown) throws ErrnoException {
        Optional<Found> status;
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

    void whiteout(EntryName.Whiteout whiteout) throws IOException {
        GrowingDirectory parent = parents.make(whiteout.parent());
        Optional<Found> own = parent.find(whiteout.name());
        if (own.isEmpty()) {
            parent.whiteout(whiteout.name());
            tally.madeInode();
        } else if (own.get().isDirectory()) {
            try (GrowingDirectory directory = parent.openDirectory(whiteout.name())) {
                directory.makeOpaque();
            }
        }
    }

    void opaque(EntryName.Opaque opaque) throws IOException {
        parents.make(opaque.directory()).makeOpaque();
    }

    /** The parent of a name under which there is nothing any more. */
    private GrowingDirectory cleared(EntryName.Member member) throws IOException {
        GrowingDirectory parent = parents.make(member.parent());
        Optional<Found> old = parent.find(member.name());
        if (old.isEmpty()) {
            return parent;
        }
        if (old.get().isDirectory()) {
            tally.removedInodes(parent.removeTree(member.name()));
        } else {
            parent.unlink(member.name());
            tally.removedInodes(old.get().links() > 1 ? 0 : 1);
        }
        parents.forget();
        return parents.make(member.parent());
    }

    private static PathBytes pathOf(EntryName.Member member) {
        List<PathBytes> path = new ArrayList<>(member.parent());
        path.add(member.name());
        return PathBytes.join(path);
    }

    @Override
    public void close() {
        parents.close();
    }
}
