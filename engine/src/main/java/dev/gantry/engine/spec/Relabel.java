package dev.gantry.engine.spec;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileLabels;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Gives a volume the label of the container that uses it (CRI Mount.selinux_relabel). */
final class Relabel {
    /** What the node itself needs labelled as it is. */
    private static final Set<Path> NEVER =
            Set.of(
                    Path.of("/"),
                    Path.of("/bin"),
                    Path.of("/boot"),
                    Path.of("/dev"),
                    Path.of("/etc"),
                    Path.of("/etc/passwd"),
                    Path.of("/etc/pki"),
                    Path.of("/etc/shadow"),
                    Path.of("/home"),
                    Path.of("/lib"),
                    Path.of("/lib64"),
                    Path.of("/media"),
                    Path.of("/opt"),
                    Path.of("/proc"),
                    Path.of("/root"),
                    Path.of("/run"),
                    Path.of("/sbin"),
                    Path.of("/srv"),
                    Path.of("/sys"),
                    Path.of("/tmp"),
                    Path.of("/usr"),
                    Path.of("/var"),
                    Path.of("/var/lib"),
                    Path.of("/var/log"));

    private Relabel() {}

    /** A file system that keeps no labels is left as it is. */
    static void tree(Path root, String label) {
        if (NEVER.contains(root)) {
            throw Failure.invalid(
                    "volume "
                            + root
                            + " is to get an SELinux label, but the node itself needs the one that it"
                            + " has; mount a directory below it");
        }
        try {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            return set(directory, label);
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            return set(file, label);
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException why)
                                throws IOException {
                            if (why instanceof NoSuchFileException) {
                                return FileVisitResult.CONTINUE;
                            }
                            throw why;
                        }
                    });
        } catch (IOException e) {
            throw Failure.of("label volume " + root, e);
        }
    }

    private static FileVisitResult set(Path file, String label) {
        try {
            return FileLabels.set(file, label)
                    ? FileVisitResult.CONTINUE
                    : FileVisitResult.TERMINATE;
        } catch (ErrnoException e) {
            throw Failure.of("give " + file + " the SELinux label " + label, e);
        }
    }
}
