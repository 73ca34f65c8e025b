package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import dev.gantry.runtime.Exit;
import dev.gantry.runtime.ExitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The durable exit records in a pod's directory (docs/shim-protocol.md, "Processes"). */
public final class ExitFiles {
    private static final long NANOS = 1_000_000_000L;

    private ExitFiles() {}

    /** All records; one that cannot be read is a Failure, one being written is passed over. */
    public static List<ExitRecord> read(Path dir) {
        try (Stream<Path> files = Files.list(dir.resolve("exits"))) {
            return files.filter(f -> String.valueOf(f.getFileName()).matches("[0-9a-f]{64}"))
                    .flatMap(f -> record(f).stream())
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("read the exit records in " + dir, e);
        }
    }

    private static Optional<ExitRecord> record(Path file) {
        try {
            return Optional.of(parse(String.valueOf(file.getFileName()), Files.readString(file)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failure.of("read the exit record " + file, e);
        }
    }

    static ExitRecord parse(String id, String text) {
        Map<String, Long> values = new HashMap<>();
        for (String line : text.lines().toList()) {
            int at = line.indexOf('=');
            if (at > 0) {
                values.put(line.substring(0, at), Long.parseLong(line.substring(at + 1).strip()));
            }
        }
        return new ExitRecord(
                id,
                (int) number(values, "pid", id),
                time(number(values, "started", id)),
                new Exit(
                        (int) number(values, "code", id),
                        (int) number(values, "signal", id),
                        time(number(values, "finished", id)),
                        number(values, "oom", id) != 0));
    }

    private static long number(Map<String, Long> values, String key, String id) {
        Long value = values.get(key);
        if (value == null) {
            throw Failure.internal("the exit record of container " + id + " lacks " + key);
        }
        return value;
    }

    private static Instant time(long nanos) {
        return Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }
}
