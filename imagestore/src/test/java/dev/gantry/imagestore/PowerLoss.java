package dev.gantry.imagestore;

import dev.gantry.imagestore.testing.Run;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What a disk has for certain after calls that were made in an order. Content that was not synced
 * may be missing, so it is; a name that its directory was not synced with may be missing, so it is.
 * What a process began with counts as synced.
 */
final class PowerLoss {
    private Set<String> content = new TreeSet<>();
    private Set<String> names = new TreeSet<>();
    private final Set<String> databases = new HashSet<>();

    /** After all of the calls. */
    static PowerLoss after(List<DiskCalls.Call> calls) {
        PowerLoss loss = new PowerLoss();
        calls.forEach(loss::add);
        return loss;
    }

    /** After one more. */
    void add(DiskCalls.Call call) {
        if (call.result() < 0) {
            return;
        }
        String path = call.path();
        switch (call.kind()) {
            case "write", "truncate", "fallocate" -> {
                content.add(path);
                if (path.endsWith(".db")) {
                    databases.add(path);
                }
            }
            case "create" -> {
                content.add(path);
                names.add(path);
            }
            case "mkdir", "symlink", "mknod" -> names.add(path);
            case "link" -> names.add(call.other());
            case "unlink", "rmdir" -> {
                content.remove(path);
                names.remove(path);
            }
            case "rename" -> {
                UnaryOperator<String> moved = name -> moved(name, path, call.other());
                content = renamed(content, moved);
                names = renamed(names, moved);
                names.add(call.other());
            }
            case "exchange" -> names.addAll(List.of(path, call.other()));
            case "fsync" -> {
                content.remove(path);
                names.removeIf(name -> path.equals(parent(name)));
            }
            case "syncfs" -> {
                content.clear();
                names.clear();
            }
            case "metadata", "setxattr", "mount", "send", "sync_file_range" -> {}
            default -> throw new AssertionError("what does " + call + " do?");
        }
    }

    private static Set<String> renamed(Set<String> all, UnaryOperator<String> moved) {
        Set<String> result = new TreeSet<>();
        all.forEach(name -> result.add(moved.apply(name)));
        return result;
    }

    private static String moved(String name, String from, String to) {
        return name.equals(from) || name.startsWith(from + "/")
                ? to + name.substring(from.length())
                : name;
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
    }

    /** What lies below a directory and is not certain, as paths of files and names. */
    List<String> uncertain(String below) {
        List<String> found = new ArrayList<>();
        content.stream().filter(n -> n.startsWith(below)).forEach(n -> found.add("content " + n));
        names.stream().filter(n -> n.startsWith(below)).forEach(n -> found.add("name " + n));
        return found;
    }

    /**
     * Takes from a store all that is not certain: names vanish, and files become empty.
     *
     * @param recordsToo whether the database is as it was when the process began; else all of its
     *     transactions are on the disk, although nothing else is
     */
    void strike(Path root, boolean recordsToo) throws IOException {
        for (String name : content) {
            Path file = root.resolve(name);
            if (!isDatabase(name) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
            }
        }
        for (String name : new TreeSet<>(names).descendingSet()) {
            if (!isDatabase(name)) {
                Run.ok("rm", "-rf", root.resolve(name).toString());
            }
        }
        if (recordsToo && databases.isEmpty()) {
            Files.deleteIfExists(root.resolve("gantry.db-wal"));
            Files.deleteIfExists(root.resolve("gantry.db-shm"));
        }
    }

    private static boolean isDatabase(String name) {
        return name.startsWith("gantry.db");
    }
}
