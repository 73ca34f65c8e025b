package dev.gantry.imagestore.layers;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * What the name of an archive entry means in a layer (OCI image specification, layer.md,
 * "Whiteouts"). Only cleaned names come out: no dot, no dot-dot, bounded in depth.
 */
sealed interface EntryName {
    /** The root directory of the layer itself. */
    record Root() implements EntryName {}

    /**
     * A file to be made.
     *
     * @param parent names of the directories above it
     */
    record Member(List<PathBytes> parent, PathBytes name) implements EntryName {
        public Member {
            parent = List.copyOf(parent);
        }
    }

    /** {@code .wh.NAME}: the layers below lose a name. */
    record Whiteout(List<PathBytes> parent, PathBytes name) implements EntryName {
        public Whiteout {
            parent = List.copyOf(parent);
        }
    }

    /** {@code .wh..wh..opq}: the layers below lose all that is in a directory. */
    record Opaque(List<PathBytes> directory) implements EntryName {
        public Opaque {
            directory = List.copyOf(directory);
        }
    }

    /** Metadata of AUFS ({@code .wh..wh.plnk} and its like), which mean nothing here. */
    record Ignored() implements EntryName {}

    /** Components of a name; node_modules in the field reach about 100. */
    int MAX_DEPTH = 512;

    PathBytes WHITEOUT = PathBytes.of(".wh.");
    PathBytes AUFS = PathBytes.of(".wh..wh.");
    PathBytes OPAQUE = PathBytes.of(".wh..wh..opq");

    /** Reads a name; one that leaves the root, or means nothing, is refused. */
    static EntryName of(PathBytes raw) {
        List<PathBytes> path = clean(raw);
        if (path.isEmpty()) {
            return new Root();
        }
        List<PathBytes> parent = path.subList(0, path.size() - 1);
        PathBytes name = path.getLast();
        if (name.equals(OPAQUE)) {
            return new Opaque(checkedParent(parent));
        }
        if (path.stream().anyMatch(component -> component.startsWith(AUFS))) {
            return new Ignored();
        }
        if (!name.startsWith(WHITEOUT)) {
            return new Member(checkedParent(parent), name);
        }
        PathBytes hidden = name.from(WHITEOUT.length());
        if (!hidden.isName()) {
            throw Failure.invalid("whiteout of \"" + hidden + "\", which is not a name");
        }
        return new Whiteout(checkedParent(parent), hidden);
    }

    /** The components without dot and dot-dot; absolute names are taken from the root. */
    static List<PathBytes> clean(PathBytes raw) {
        List<PathBytes> path = new ArrayList<>();
        for (PathBytes component : raw.components()) {
            if (!component.isDotDot()) {
                path.add(component);
            } else if (path.isEmpty()) {
                throw Failure.invalid("name leaves the layer's root by \"..\"");
            } else {
                path.removeLast();
            }
            if (component.length() > PathBytes.MAX_NAME) {
                throw Failure.invalid("name has a component over 255 bytes");
            }
        }
        if (path.size() > MAX_DEPTH) {
            throw Failure.invalid("name has over " + MAX_DEPTH + " components");
        }
        return path;
    }

    private static List<PathBytes> checkedParent(List<PathBytes> parent) {
        if (parent.stream().anyMatch(component -> component.startsWith(WHITEOUT))) {
            throw Failure.invalid("a directory on the way is named like a whiteout (\".wh.\")");
        }
        return parent;
    }
}
