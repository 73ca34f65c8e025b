package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.erofs.Directory;
import dev.gantry.imagestore.erofs.Leaf;
import dev.gantry.imagestore.erofs.Node;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import java.util.ArrayDeque;
import java.util.Deque;

/** Finds directories of a tree in memory, as openat2(2) does on disk. */
final class ImagePaths {
    private static final int MAX_LINKS = 40;

    private final Directory root;

    ImagePaths(Directory root) {
        this.root = root;
    }

    Directory find(PathBytes path, Links links) throws ErrnoException {
        Deque<PathBytes> ahead = new ArrayDeque<>(path.components());
        Deque<Directory> way = new ArrayDeque<>();
        way.push(root);
        int followed = 0;
        while (!ahead.isEmpty()) {
            PathBytes name = ahead.removeFirst();
            if (name.isDotDot()) {
                if (way.size() > 1) {
                    way.pop();
                }
                continue;
            }
            Node node = way.element().names().get(name);
            switch (node) {
                case null -> throw new ErrnoException("open " + path, Errno.ENOENT);
                case Directory below -> way.push(below);
                case Leaf leaf when leaf.kind() == FileKind.SYMLINK -> {
                    if (links == Links.REFUSED || ++followed > MAX_LINKS) {
                        throw new ErrnoException("open " + path, Errno.ELOOP);
                    }
                    leaf.target().components().reversed().forEach(ahead::addFirst);
                    if (leaf.target().isAbsolute()) {
                        way.clear();
                        way.push(root);
                    }
                }
                case Leaf leaf -> throw new ErrnoException("open " + path, Errno.ENOTDIR);
            }
        }
        return way.element();
    }
}
