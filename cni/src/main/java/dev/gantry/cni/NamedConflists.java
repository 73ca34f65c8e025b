package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lists that pods ask for by name: {@code NAME.conflist} in a directory of ours, read at each use.
 */
final class NamedConflists {
    private final Optional<Path> directory;

    NamedConflists(Optional<Path> directory) {
        this.directory = directory;
    }

    /** The list of this name; NOT_FOUND when there is none. */
    Conflist require(String name) {
        Path file =
                directory
                        .orElseThrow(() -> none(name))
                        .resolve(Conflist.checkName(name) + ".conflist");
        if (!Files.exists(file)) {
            throw none(name);
        }
        Conflist list = read(name, file);
        if (!list.name().equals(name)) {
            throw Failure.precondition(
                    "%s is to be network %s, but says that its name is %s: correct its \"name\""
                            .formatted(file, name, list.name()));
        }
        return list;
    }

    private static Conflist read(String name, Path file) {
        try {
            return ConflistDirectory.parse(file);
        } catch (NoSuchFileException e) {
            throw none(name);
        } catch (IOException | Failure e) {
            throw Failure.of("read network " + name + " from " + file, e);
        }
    }

    private static Failure none(String name) {
        return Failure.notFound("network " + name + " not found: make it first");
    }
}
