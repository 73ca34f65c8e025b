package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One end of a copy: {@code CONTAINER:PATH}, or a local path.
 *
 * <p>The rules are docker's. A file becomes the destination, or goes into it when that is a
 * directory. A directory becomes the destination when that is not there, or goes into it; with
 * {@code /.} at the end of the source, only its content goes into it.
 *
 * @param container empty for a local path
 */
record Place(String typed, String container, String path) {
    /** A colon parts the two, unless the word begins as a path does. */
    static Place of(String typed) {
        int colon = typed.indexOf(':');
        boolean local = colon < 1 || typed.startsWith("/") || typed.startsWith(".");
        if (local) {
            return new Place(typed, "", typed);
        }
        String path = typed.substring(colon + 1);
        if (path.isEmpty()) {
            throw new CliFailure(typed + ": no path after the colon; write CONTAINER:PATH");
        }
        return new Place(
                typed, typed.substring(0, colon), path.startsWith("/") ? path : "/" + path);
    }

    /** Whether only the content of a directory is meant. */
    boolean contents() {
        return path.equals(".") || path.endsWith("/.");
    }

    /** Whether it has to be a directory. */
    boolean slash() {
        return path.endsWith("/") || contents();
    }

    /** Without what says that it is a directory. */
    String bare() {
        String bare = path.replaceFirst("(?<=.)(/\\.?)+$", "");
        return bare.isEmpty() ? "/" : bare;
    }

    private static String last(String path) {
        Path name = Path.of(path).normalize().getFileName();
        return name == null ? "" : name.toString();
    }

    /** What a file or tree of a container becomes here. */
    static Path local(Place from, Place to, String name, boolean directory) {
        Path target = Path.of(to.bare());
        boolean isDirectory = Files.isDirectory(target);
        if (directory) {
            if (Files.exists(target) && !isDirectory) {
                throw new CliFailure("cannot copy directory: " + to.typed() + " is a file");
            }
            return isDirectory && !from.contents() ? target.resolve(last(name)) : target;
        }
        if (from.slash()) {
            throw new CliFailure(from.typed() + " is not a directory");
        }
        if (isDirectory) {
            return target.resolve(last(name));
        }
        if (to.slash()) {
            throw new CliFailure(
                    "destination directory \"%s\" must exist: mkdir it first"
                            .formatted(to.typed()));
        }
        Path above = target.toAbsolutePath().getParent();
        if (above != null && !Files.isDirectory(above)) {
            throw new CliFailure(
                    "invalid output path: directory \"%s\" does not exist".formatted(above));
        }
        return target;
    }

    /**
     * Where an archive is unpacked in a container, and what its top is called; empty for no top.
     */
    record Remote(String directory, String name) {}

    static Remote remote(
            Place from, Place to, boolean there, boolean intoDirectory, boolean directory) {
        if (intoDirectory) {
            Path source = Path.of(from.bare()).toAbsolutePath();
            return new Remote(to.bare(), from.contents() ? "" : last(source.toString()));
        }
        if (there && directory) {
            throw new CliFailure(
                    "cannot copy directory to " + to.typed() + ": it is not a directory");
        }
        if (to.slash() && (there || !directory)) {
            throw new CliFailure(
                    "destination directory \"%s\" must exist in the container"
                            .formatted(to.typed()));
        }
        if (!directory && from.slash()) {
            throw new CliFailure(from.typed() + " is not a directory");
        }
        Path target = Path.of(to.bare());
        Path above = target.getParent();
        return new Remote(above == null ? "/" : above.toString(), last(target.toString()));
    }
}
