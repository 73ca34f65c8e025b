package dev.gantry.runtime.cgroup;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.Signals;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reading, writing, emptying and removing directories of control group file systems. */
final class CgroupFiles {
    /** How long processes may take to die, and directories to become free. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private CgroupFiles() {}

    /** Writes a value with one write(2), as the kernel asks; a refusal names file and value. */
    static void write(Path file, String value) {
        try {
            put(file, value);
        } catch (NoSuchFileException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "set %s to %s: this kernel or hierarchy does not have it"
                            .formatted(file, value),
                    e);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "set %s to %s: %s".formatted(file, value, reason(e)),
                    e);
        }
    }

    /**
     * As {@link #write}, for a group that may be removed at any moment, by systemd say: what is not
     * there needs no value.
     */
    static void writeIfThere(Path file, String value) {
        try {
            put(file, value);
        } catch (NoSuchFileException _) {
            // Removed before it was open.
        } catch (IOException e) {
            // ENODEV: removed after it was open.
            if (Files.exists(file)) {
                throw new Failure(
                        Failure.Code.INVALID_ARGUMENT,
                        "set %s to %s: %s".formatted(file, value, reason(e)),
                        e);
            }
        }
    }

    private static void put(Path file, String value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        return String.valueOf(e.getMessage());
    }

    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** A number; empty when the file is missing or says {@code max}. */
    static OptionalLong number(Path file) {
        Optional<String> text = read(file).filter(t -> !t.isEmpty() && !t.equals("max"));
        return text.isPresent()
                ? OptionalLong.of(Long.parseUnsignedLong(text.get()))
                : OptionalLong.empty();
    }

    /** The processes in a directory and those below it. */
    static List<Integer> pids(Path directory) {
        var pids = new ArrayList<Integer>();
        try (KernelFile file = KernelFile.borrow()) {
            addPids(file, directory, pids);
        }
        return pids;
    }

    private static void addPids(KernelFile file, Path directory, List<Integer> pids) {
        if (file.readAll(directory + "/cgroup.procs")) {
            for (int pid : file.numbers()) {
                if (pid > 0) {
                    pids.add(pid);
                }
            }
        }
        for (Path below : directories(directory)) {
            addPids(file, below, pids);
        }
    }

    /** The groups right below; most have none, which a directory's count of links tells. */
    private static List<Path> directories(Path directory) {
        try {
            if (Files.getAttribute(directory, "unix:nlink") instanceof Integer links
                    && links == 2) {
                return List.of();
            }
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.filter(Files::isDirectory).toList();
            }
        } catch (IOException | UncheckedIOException _) {
            return List.of();
        }
    }

    /** Kills round after round, since processes fork, until none is left. */
    static void killAll(Path directory) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = 1; ; pause = Math.min(pause * 2, 50)) {
            List<Integer> pids = pids(directory);
            if (pids.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "processes %s in control group %s do not end on SIGKILL; they wait in the kernel, perhaps for a file server"
                                .formatted(pids, directory));
            }
            pids.forEach(CgroupFiles::kill);
            sleep(pause);
        }
    }

    private static void kill(int pid) {
        try {
            Signals.send(pid, Signals.SIGKILL);
        } catch (ErrnoException e) {
            throw Failure.of("kill process " + pid, e);
        }
    }

    /** Makes a directory and its parents; a parent that is removed meanwhile is made again. */
    static void make(Path directory) {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(directory);
                return;
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                if (attempt == 5) {
                    throw Failure.of("make control group " + directory, e);
                }
            } catch (IOException e) {
                throw Failure.of("make control group " + directory, e);
            }
        }
    }

    /** Removes a directory and those below it, deepest first. */
    static void remove(Path directory) {
        for (Path group : tree(directory).reversed()) {
            removeOne(group);
        }
    }

    /**
     * Removes a directory that has neither processes nor directories; the kernel refuses any other.
     */
    static void removeIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException _) {
            // In use.
        }
    }

    private static void removeOne(Path group) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = 1; ; pause = Math.min(pause * 2, 50)) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (DirectoryNotEmptyException e) {
                remove(group);
            } catch (IOException e) {
                // EBUSY: a process is still on its way out.
                if (System.nanoTime() > end) {
                    throw new Failure(
                            Failure.Code.FAILED_PRECONDITION,
                            "control group %s cannot be removed, processes %s are in it"
                                    .formatted(group, pids(group)),
                            e);
                }
            }
            sleep(pause);
        }
    }

    /** Whether a directory has none below, or is not there. */
    static boolean childless(Path directory) {
        return tree(directory).size() <= 1;
    }

    /** A directory and all below it, parents first; empty when it is not there. */
    static List<Path> tree(Path directory) {
        var found = new ArrayList<Path>();
        try (Stream<Path> entries = Files.list(directory)) {
            found.add(directory);
            entries.filter(Files::isDirectory).forEach(d -> found.addAll(tree(d)));
        } catch (IOException _) {
            // Gone meanwhile.
        }
        return found;
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }
}
