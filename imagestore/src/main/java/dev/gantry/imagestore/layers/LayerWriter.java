package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.archive.TarKind;
import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.util.Optional;

/** The taking side: tar entries into the tree, one after another. */
final class LayerWriter {
    private final TarReader archive;
    private final LayerTree tree;
    private final Tally tally;
    private final EntryData data;

    LayerWriter(TarReader archive, LayerTree tree, Tally tally) {
        this.archive = archive;
        this.tree = tree;
        this.tally = tally;
        this.data = new EntryData(archive, tally);
    }

    /** Writes all entries; reads the stream to its end. */
    void run() throws IOException {
        long counted = 0;
        Optional<TarEntry> entry = archive.next();
        while (entry.isPresent()) {
            tally.entries(archive.headers() - counted);
            counted = archive.headers();
            writeNamed(entry.get());
            if (Thread.currentThread().isInterrupted()) {
                throw new Failure(Failure.Code.CANCELLED, "unpacking was interrupted");
            }
            entry = archive.next();
        }
    }

    private void writeNamed(TarEntry entry) throws IOException {
        try {
            write(entry);
        } catch (Failure e) {
            throw e.during("entry \"" + entry.name() + "\"");
        } catch (ErrnoException e) {
            throw new Failure(
                    codeOf(e.errno()), "entry \"" + entry.name() + "\": " + e.getMessage(), e);
        }
    }

    /** The disk's fault or the archive's. */
    static Failure.Code codeOf(int errno) {
        return switch (errno) {
            case Errno.ENOSPC, EDQUOT, ENFILE, EMFILE, Errno.ENOMEM ->
                    Failure.Code.RESOURCE_EXHAUSTED;
            case Errno.EIO, Errno.EROFS, Errno.EACCES, Errno.EPERM, Errno.ENOSYS ->
                    Failure.Code.INTERNAL;
            default -> Failure.Code.INVALID_ARGUMENT;
        };
    }

    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int EDQUOT = 122;

    private void write(TarEntry entry) throws IOException {
        switch (EntryName.of(entry.name())) {
            case EntryName.Ignored() -> {}
            case EntryName.Opaque opaque -> tree.opaque(opaque);
            case EntryName.Whiteout whiteout -> tree.whiteout(whiteout);
            case EntryName.Root() -> {
                if (entry.kind() != TarKind.DIRECTORY) {
                    throw Failure.invalid("the root of a layer can only be a directory");
                }
                tree.root(entry);
            }
            case EntryName.Member member -> write(member, entry);
        }
    }

    private void write(EntryName.Member member, TarEntry entry) throws IOException {
        switch (entry.kind()) {
            case FILE -> tree.file(member, entry, data);
            case DIRECTORY -> tree.directory(member, entry);
            case SYMLINK -> tree.symlink(member, entry);
            case HARDLINK -> tree.hardlink(member, entry);
            case BLOCK -> tree.node(member, entry, FileKind.BLOCK);
            case FIFO -> tree.node(member, entry, FileKind.FIFO);
            case CHARACTER -> {
                if (entry.deviceMajor() == 0 && entry.deviceMinor() == 0) {
                    // The kernel would take it for a whiteout whatever was meant.
                    tree.whiteout(new EntryName.Whiteout(member.parent(), member.name()));
                } else {
                    tree.node(member, entry, FileKind.CHARACTER);
                }
            }
        }
    }
}
