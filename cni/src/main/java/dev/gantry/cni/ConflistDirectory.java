package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration lists of a directory: {@code .conflist}, and {@code .conf} and {@code .json}
 * with a single plugin. The first in lexical order that is valid is the network, as with kubelet's
 * other runtimes; those before it that are not are reported. What is in the directory is compared
 * with what was read at each use, so that a change needs no restart.
 */
final class ConflistDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(ConflistDirectory.class);
    private static final int LARGEST_FILE_BYTES = 1 << 20;

    /**
     * What was chosen, and why not another.
     *
     * @param problems one sentence for each file that cannot be used, and for the directory
     */
    record Choice(Optional<Conflist> conflist, List<String> problems) {
        Choice {
            problems = List.copyOf(problems);
        }
    }

    /** A file as the listing shows it; another state is another content. */
    private record Seen(String name, FileTime modified, long size, @Nullable Object key) {}

    private record Read(List<Seen> files, Choice choice) {}

    private final Path directory;
    private volatile @Nullable Read last;

    ConflistDirectory(Path directory) {
        this.directory = directory;
    }

    Path path() {
        return directory;
    }

    /** What the directory says now. */
    Choice choice() {
        List<Seen> files;
        try {
            files = list();
        } catch (IOException e) {
            return new Choice(
                    Optional.empty(),
                    List.of("cannot list " + directory + ": " + Failure.of("read", e).message()));
        }
        Read known = last;
        if (known != null && known.files().equals(files)) {
            return known.choice();
        }
        Choice choice = read(files);
        last = new Read(files, choice);
        report(known == null ? null : known.choice(), choice);
        return choice;
    }

    /** The chosen list; FAILED_PRECONDITION says what is missing. */
    Conflist require() {
        Choice choice = choice();
        return choice.conflist().orElseThrow(() -> Failure.precondition(whyNone(choice)));
    }

    /** Why there is no list, and what to do. */
    String whyNone(Choice choice) {
        String none = "no CNI network is configured: ";
        return choice.problems().isEmpty()
                ? none
                        + directory
                        + " has no .conflist, .conf or .json file; install a network add-on, or"
                        + " write one"
                : none + String.join("; ", choice.problems());
    }

    private List<Seen> list() throws IOException {
        List<Seen> files = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, "*.{conflist,conf,json}")) {
            for (Path entry : entries) {
                see(entry).ifPresent(files::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(Comparator.comparing(Seen::name));
        return files;
    }

    private static Optional<Seen> see(Path entry) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            return Optional.of(
                    new Seen(
                            Objects.toString(entry.getFileName()),
                            attributes.lastModifiedTime(),
                            attributes.size(),
                            attributes.fileKey()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Choice read(List<Seen> files) {
        List<String> problems = new ArrayList<>();
        for (Seen file : files) {
            Path path = directory.resolve(file.name());
            try {
                return new Choice(Optional.of(parse(path)), problems);
            } catch (Failure e) {
                problems.add(path + ": " + e.message());
            } catch (IOException e) {
                problems.add(path + ": cannot be read: " + e.getMessage());
            }
        }
        return new Choice(Optional.empty(), problems);
    }

    /** Reads one file; INVALID_ARGUMENT says what is wrong in it. */
    static Conflist parse(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Failure.invalid("not a regular file");
        }
        byte[] text;
        try (InputStream in = Files.newInputStream(file)) {
            text = in.readNBytes(LARGEST_FILE_BYTES + 1);
        }
        if (text.length > LARGEST_FILE_BYTES) {
            throw Failure.invalid("larger than " + LARGEST_FILE_BYTES + " bytes");
        }
        return file.toString().endsWith(".conflist")
                ? Conflist.parse(file, Json.object(text))
                : Conflist.parseSingle(file, Json.object(text));
    }

    private void report(@Nullable Choice before, Choice now) {
        for (String problem : now.problems()) {
            LOG.atWarn().addKeyValue("error", problem).log("network configuration passed over");
        }
        if (now.conflist().isPresent()) {
            Conflist list = now.conflist().get();
            LOG.atInfo()
                    .addKeyValue("network", list.name())
                    .addKeyValue("file", list.source())
                    .log("network configuration read");
        } else if (before == null || before.conflist().isPresent()) {
            LOG.atWarn().addKeyValue("error", whyNone(now)).log("no network for pods");
        }
    }
}
