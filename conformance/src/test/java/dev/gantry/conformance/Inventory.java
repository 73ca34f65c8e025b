package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the machine holds that a runtime could leave behind: mounts, network namespaces, cgroups,
 * processes, IP reservations and files under the state directory. Compared by name, so that a
 * difference says what leaked.
 */
record Inventory(
        Set<String> mounts,
        Set<String> namespaces,
        Set<String> cgroups,
        Set<String> shims,
        Set<String> reservations,
        Set<String> stateFiles,
        Set<String> rootFiles) {

    static Inventory of(Daemon daemon) throws IOException {
        return new Inventory(
                lines(Path.of("/proc/self/mountinfo")),
                names(Path.of("/run/netns")),
                directories(Path.of("/sys/fs/cgroup")),
                shims(daemon),
                names(daemon.folder().resolve("ipam/gt-" + daemon.folder().getFileName())),
                files(daemon.folder().resolve("state")),
                directories(daemon.folder().resolve("root/containers")));
    }

    /** What is here and was not, a line each; empty when nothing was left behind. */
    List<String> beyond(Inventory before) {
        List<String> found = new ArrayList<>();
        compare("mount", before.mounts, mounts, found);
        compare("network namespace", before.namespaces, namespaces, found);
        compare("cgroup", before.cgroups, cgroups, found);
        compare("shim", before.shims, shims, found);
        compare("reservation", before.reservations, reservations, found);
        compare("file under the state directory", before.stateFiles, stateFiles, found);
        compare("writable layer", before.rootFiles, rootFiles, found);
        return found;
    }

    private static void compare(
            String what, Set<String> before, Set<String> now, List<String> into) {
        now.stream()
                .filter(item -> !before.contains(item))
                .forEach(item -> into.add("new " + what + ": " + item));
    }

    private static Set<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.substring(line.indexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith("last_reserved_ip") && !name.equals("lock"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    static Set<String> directories(Path top) throws IOException {
        return walk(top, true);
    }

    private static Set<String> files(Path top) throws IOException {
        return walk(top, false);
    }

    private static Set<String> walk(Path top, boolean directoriesOnly) throws IOException {
        Set<String> found = new TreeSet<>();
        if (!Files.isDirectory(top)) {
            return found;
        }
        Files.walkFileTree(
                top,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path dir, BasicFileAttributes attributes) {
                        found.add(dir.toString());
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (!directoriesOnly) {
                            found.add(file.toString());
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return found;
    }

    private static Set<String> shims(Daemon daemon) {
        String state = daemon.folder().resolve("state").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("gantry-shim"))
                .filter(process -> process.info().commandLine().orElse("").contains(state))
                .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The open descriptors of a process. */
    static long descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return open.count();
        }
    }
}
