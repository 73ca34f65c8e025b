package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.SparseMap;
import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A layer that grows in a directory of the disk. */
final class DirectoryTree implements GrowingTree {
    private static final byte[] YES = {'y'};

    private final RootedDirectory root;
    private final GrowingDirectory top;
    private final Ledger ledger;
    private final NativeBuffer through = new NativeBuffer(ChunkQueue.CHUNK);

    private DirectoryTree(RootedDirectory root, Tally tally) {
        this.root = root;
        this.top = new OnDisk(root.top());
        this.ledger = new Ledger(tally);
    }

    /** In a directory that is empty, or made. */
    static DirectoryTree open(Path target, Tally tally) throws IOException {
        Files.createDirectories(target);
        RootedDirectory root = RootedDirectory.open(target);
        try {
            if (!root.top().list(1).isEmpty()) {
                throw Failure.precondition("directory " + target + " is not empty");
            }
            return new DirectoryTree(root, tally);
        } catch (IOException | Failure e) {
            root.close();
            throw e;
        }
    }

    @Override
    public GrowingDirectory top() {
        return top;
    }

    @Override
    public GrowingDirectory open(PathBytes path, Links links) throws ErrnoException {
        return new OnDisk(root.openDirectory(path, links));
    }

    /** Sets modes and times of directories. */
    @Override
    public void finish() throws ErrnoException {
        ledger.settle(root);
    }

    @Override
    public List<ImpliedDirectory> implied() {
        return ledger.impliedPaths().stream().map(path -> new ImpliedDirectory(path, 0)).toList();
    }

    @Override
    public void close() {
        through.close();
        root.close();
    }

    private final class OnDisk implements GrowingDirectory {
        private final DirectoryHandle handle;

        OnDisk(DirectoryHandle handle) {
            this.handle = handle;
        }

        @Override
        public Optional<Found> find(PathBytes name) throws ErrnoException {
            Optional<FileStatus> status = handle.find(name);
            return status.map(s -> new Found(s.kind(), s.isWhiteout(), s.inode(), s.links()));
        }

        @Override
        public GrowingDirectory openDirectory(PathBytes name) throws ErrnoException {
            return new OnDisk(handle.openDirectory(name));
        }

        @Override
        public PathBytes readlink(PathBytes name) throws ErrnoException {
            return handle.readlink(name);
        }

        @Override
        public void createFile(PathBytes name, TarEntry entry, EntryData content)
                throws IOException {
            try (FileHandle file = handle.createFile(name)) {
                SparseMap map = entry.data();
                for (int i = 0; i < map.segments(); i++) {
                    write(file, content, map.offset(i), map.length(i));
                }
                if (!map.covers(entry.size())) {
                    file.truncate(entry.size());
                }
                Metadata.apply(file, entry);
            }
        }

        private void write(FileHandle file, EntryData content, long offset, long length)
                throws IOException {
            long done = 0;
            while (done < length) {
                ByteBuffer data = through.bytes().clear();
                data.limit((int) Math.min(data.capacity(), length - done));
                int count = content.read(data);
                file.write(data.flip(), offset + done);
                done += count;
            }
        }

        @Override
        public void mkdir(PathBytes name) throws ErrnoException {
            handle.mkdir(name);
        }

        @Override
        public void symlink(PathBytes name, TarEntry entry) throws ErrnoException {
            handle.symlink(entry.link(), name);
            Metadata.apply(handle, name, entry, true);
        }

        @Override
        public void mknod(PathBytes name, FileKind kind, TarEntry entry) throws ErrnoException {
            handle.mknod(name, kind, entry.deviceMajor(), entry.deviceMinor());
            Metadata.apply(handle, name, entry, false);
        }

        @Override
        public void whiteout(PathBytes name) throws ErrnoException {
            handle.mknod(name, FileKind.CHARACTER, 0, 0);
            handle.setTimes(name, Timestamp.EPOCH, Timestamp.EPOCH);
        }

        @Override
        public void hardlink(GrowingDirectory from, PathBytes existing, PathBytes name)
                throws ErrnoException {
            if (!(from instanceof OnDisk other)) {
                throw new IllegalArgumentException("a directory of another tree");
            }
            handle.hardlink(other.handle, existing, name);
        }

        @Override
        public void unlink(PathBytes name) throws ErrnoException {
            handle.unlink(name);
        }

        @Override
        public long removeTree(PathBytes name) throws ErrnoException {
            return TreeRemover.remove(handle, name);
        }

        @Override
        public void makeOpaque() throws ErrnoException {
            handle.setXattr(XattrName.OVERLAY_OPAQUE, YES);
        }

        @Override
        public void state(PathBytes path, TarEntry entry) throws ErrnoException {
            Metadata.applyToDirectory(handle, entry);
            ledger.stated(handle, path, entry);
        }

        @Override
        public void imply(PathBytes path, boolean inherits) throws ErrnoException {
            ledger.implied(handle, path, inherits);
        }

        @Override
        public void close() {
            handle.close();
        }
    }
}
