package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.imagestore.erofs.Attributes;
import dev.gantry.imagestore.erofs.Directory;
import dev.gantry.imagestore.erofs.ErofsWriter;
import dev.gantry.imagestore.erofs.Leaf;
import dev.gantry.imagestore.erofs.Node;
import dev.gantry.imagestore.erofs.Xattr;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer that grows in an EROFS image: files go to the image at once, and names are kept in memory
 * to the end, within a share of the heap.
 */
final class ImageTree implements GrowingTree {
    private static final byte[] YES = {'y'};

    /** Objects of a name and what it stands for, the name itself left out. */
    private static final int NAME_COST = 120;

    private static final int DIRECTORY_COST = 120;

    private final ErofsWriter image;
    private final Tally tally;
    private final HeapShare heap = new HeapShare();
    private final Directory root = new Directory();

    private ImageTree(ErofsWriter image, Tally tally) {
        this.image = image;
        this.tally = tally;
    }

    /** In a new file. */
    static ImageTree create(Path target, Tally tally) throws IOException {
        try {
            return new ImageTree(ErofsWriter.create(target), tally);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION, "file " + target + " is there already", e);
        }
    }

    @Override
    public GrowingDirectory top() {
        return new InImage(root);
    }

    @Override
    public GrowingDirectory open(PathBytes path, Links links) throws ErrnoException {
        if (path.length() > PathBytes.MAX_PATH) {
            throw new ErrnoException("open " + path, Errno.ENAMETOOLONG);
        }
        return new InImage(new ImagePaths(root).find(path, links));
    }

    @Override
    public void finish() throws IOException {
        image.finish(root);
        tally.spared(image.holes());
    }

    @Override
    public List<ImpliedDirectory> implied() {
        List<ImpliedDirectory> implied = new ArrayList<>();
        Deque<Map.Entry<PathBytes, Directory>> ahead = new ArrayDeque<>();
        ahead.push(Map.entry(PathBytes.EMPTY, root));
        while (!ahead.isEmpty()) {
            Map.Entry<PathBytes, Directory> here = ahead.pop();
            if (here.getValue().inherits()) {
                implied.add(new ImpliedDirectory(here.getKey(), here.getValue().position()));
            }
            for (Map.Entry<PathBytes, Node> child : here.getValue().names().entrySet()) {
                if (child.getValue() instanceof Directory below && isName(child.getKey())) {
                    PathBytes path = PathBytes.join(List.of(here.getKey(), child.getKey()));
                    ahead.push(Map.entry(path, below));
                }
            }
        }
        return implied.stream().sorted().toList();
    }

    /** Once the image is finished a directory has itself and its parent among its names. */
    private static boolean isName(PathBytes name) {
        return name.isName();
    }

    @Override
    public void close() {
        heap.release();
        image.close();
    }

    private final class InImage implements GrowingDirectory {
        private final Directory directory;

        InImage(Directory directory) {
            this.directory = directory;
        }

        private ErrnoException error(String call, PathBytes name, int errno) {
            return new ErrnoException(call + " " + name, errno);
        }

        private Node get(String call, PathBytes name) throws ErrnoException {
            Node node = directory.names().get(name);
            if (node == null) {
                throw error(call, name, Errno.ENOENT);
            }
            return node;
        }

        private void put(String call, PathBytes name, Node node) throws ErrnoException {
            heap.take(NAME_COST + name.length());
            checkFree(call, name);
            directory.names().put(name, node);
        }

        private void checkFree(String call, PathBytes name) throws ErrnoException {
            if (!name.isName() || name.length() > PathBytes.MAX_NAME) {
                throw error(call, name, Errno.EINVAL);
            }
            if (directory.names().containsKey(name)) {
                throw error(call, name, Errno.EEXIST);
            }
        }

        @Override
        public Optional<Found> find(PathBytes name) {
            return switch (directory.names().get(name)) {
                case null -> Optional.empty();
                case Directory below ->
                        Optional.of(
                                new Found(
                                        FileKind.DIRECTORY,
                                        false,
                                        -System.identityHashCode(below) - 1L,
                                        1));
                case Leaf leaf ->
                        Optional.of(
                                new Found(
                                        leaf.kind(),
                                        leaf.isWhiteout(),
                                        leaf.position(),
                                        leaf.links()));
            };
        }

        @Override
        public GrowingDirectory openDirectory(PathBytes name) throws ErrnoException {
            if (get("open", name) instanceof Directory below) {
                return new InImage(below);
            }
            throw error("open", name, Errno.ENOTDIR);
        }

        @Override
        public PathBytes readlink(PathBytes name) throws ErrnoException {
            if (get("readlink", name) instanceof Leaf leaf && leaf.kind() == FileKind.SYMLINK) {
                return leaf.target();
            }
            throw error("readlink", name, Errno.EINVAL);
        }

        @Override
        public void createFile(PathBytes name, TarEntry entry, EntryData data) throws IOException {
            checkFree("open", name);
            Attributes attributes = ImageAttributes.of(entry, FileKind.REGULAR);
            Leaf leaf =
                    entry.size() == 0 || entry.data().covers(entry.size())
                            ? image.file(attributes, entry.size(), data::read)
                            : image.sparse(
                                    attributes,
                                    entry.size(),
                                    entry.data(),
                                    data::read,
                                    tally::bytes);
            put("open", name, leaf);
        }

        @Override
        public void mkdir(PathBytes name) throws ErrnoException {
            heap.take(DIRECTORY_COST);
            put("mkdir", name, new Directory());
        }

        @Override
        public void symlink(PathBytes name, TarEntry entry) throws IOException {
            if (entry.link().length() > PathBytes.MAX_PATH) {
                throw error("symlink", name, Errno.ENAMETOOLONG);
            }
            heap.take(entry.link().length());
            Attributes attributes = ImageAttributes.of(entry, FileKind.SYMLINK);
            put("symlink", name, image.symlink(attributes, entry.link()));
        }

        @Override
        public void mknod(PathBytes name, FileKind kind, TarEntry entry) throws IOException {
            Attributes attributes = ImageAttributes.of(entry, kind);
            put(
                    "mknod",
                    name,
                    image.special(attributes, kind, entry.deviceMajor(), entry.deviceMinor()));
        }

        @Override
        public void whiteout(PathBytes name) throws IOException {
            Attributes plain = new Attributes(0600, 0, 0, Timestamp.EPOCH, Map.of());
            put("mknod", name, image.special(plain, FileKind.CHARACTER, 0, 0));
        }

        @Override
        public void hardlink(GrowingDirectory from, PathBytes existing, PathBytes name)
                throws IOException {
            if (!(from instanceof InImage other)
                    || !(other.get("link", existing) instanceof Leaf leaf)) {
                throw error("link", existing, Errno.EPERM);
            }
            put("link", name, leaf);
            image.setLinks(leaf, leaf.links() + 1);
        }

        @Override
        public void unlink(PathBytes name) throws IOException {
            if (!(get("unlink", name) instanceof Leaf leaf)) {
                throw error("unlink", name, Errno.EISDIR);
            }
            directory.names().remove(name);
            drop(leaf);
        }

        private void drop(Leaf leaf) throws IOException {
            if (leaf.links() > 1) {
                image.setLinks(leaf, leaf.links() - 1);
            }
        }

        @Override
        public long removeTree(PathBytes name) throws IOException {
            long removed = 0;
            Deque<Node> ahead = new ArrayDeque<>();
            ahead.push(get("remove", name));
            while (!ahead.isEmpty()) {
                removed++;
                switch (ahead.pop()) {
                    case Directory below -> below.names().values().forEach(ahead::push);
                    case Leaf leaf -> drop(leaf);
                }
            }
            directory.names().remove(name);
            return removed;
        }

        @Override
        public void makeOpaque() {
            directory.addXattr(Xattr.Name.OPAQUE, YES);
        }

        @Override
        public void state(PathBytes path, TarEntry entry) throws ErrnoException {
            Attributes stated = ImageAttributes.of(entry, FileKind.DIRECTORY);
            for (byte[] value : stated.xattrs().values()) {
                heap.take(DIRECTORY_COST + value.length);
            }
            directory.state(stated);
            directory.setInherits(false);
        }

        @Override
        public void imply(PathBytes path, boolean inherits) {
            directory.setInherits(inherits);
        }

        @Override
        public void close() {}
    }
}
