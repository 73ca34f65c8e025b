package dev.gantry.server.logs;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a log: the one that is written now, and those that were moved away, whose names
 * begin with its name and a dot. Moved ones may be compressed.
 */
final class LogFiles {
    /**
     * One file.
     *
     * @param key the same as long as it is the same file, whatever its name
     */
    record LogFile(Path path, Object key, long modified) {
        /** Of one that the launcher has moved away; 0 for those of kubelet. */
        int number() {
            Matcher number = NUMBERED.matcher(path.toString());
            return number.find() ? Integer.parseInt(number.group(1)) : 0;
        }

        boolean compressed() {
            return path.toString().endsWith(".gz");
        }
    }

    private static final Pattern NUMBERED = Pattern.compile("\\.(\\d{9})$");

    private final Path log;

    LogFiles(Path log) {
        this.log = log;
    }

    /** Those that there are, the oldest first. */
    List<LogFile> list() {
        List<LogFile> all = new ArrayList<>();
        String prefix = log.getFileName() + ".";
        Path directory = log.toAbsolutePath().getParent();
        if (directory == null) {
            throw Failure.internal("the log " + log + " is in no directory");
        }
        try (Stream<Path> siblings = Files.list(directory)) {
            siblings.filter(path -> moved(path.getFileName().toString(), prefix))
                    .forEach(path -> add(path, all));
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("list the files of the log " + log, e);
        }
        all.sort(
                Comparator.comparingInt(LogFile::number)
                        .thenComparingLong(LogFile::modified)
                        .thenComparing(LogFile::path));
        add(log, all);
        return all;
    }

    private static boolean moved(String name, String prefix) {
        return name.startsWith(prefix) && !name.endsWith(".tmp");
    }

    private static void add(Path path, List<LogFile> to) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isRegularFile() && attributes.fileKey() != null) {
                to.add(
                        new LogFile(
                                path,
                                attributes.fileKey(),
                                attributes.lastModifiedTime().toMillis()));
            }
        } catch (NoSuchFileException _) {
            // Moved or removed just now.
        } catch (IOException e) {
            throw Failure.of("look at the log " + path, e);
        }
    }
}
