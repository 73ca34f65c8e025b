package dev.gantry.server.logs;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Reads a container's log: the files that were moved away and the present one, and if wanted what
 * is written after that, through rotations and restarts, until the container is over. It holds one
 * block of one file in memory, whatever the log's size.
 */
public final class LogReader {
    private static final Duration SHORTEST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMillis(200);

    private final LogFiles files;
    private final LogQuery query;
    private final Taker taker;
    private long skip;

    /** Takes a record to whoever asked. */
    @FunctionalInterface
    public interface Taker {
        void take(LogRecord record) throws InterruptedException;
    }

    public LogReader(Path log, LogQuery query, Taker taker) {
        this.files = new LogFiles(log);
        this.query = query;
        this.taker = taker;
    }

    /** Reads what there is. */
    public void read() throws InterruptedException {
        run(() -> true);
    }

    /** Reads what there is and what comes, until {@code over} has become true. */
    public void follow(BooleanSupplier over) throws InterruptedException {
        run(over);
    }

    private void run(BooleanSupplier over) throws InterruptedException {
        List<LogFiles.LogFile> all = files.list();
        LogTail.Place place = begin(all);
        skip = place.skip();
        Optional<LogFiles.LogFile> current = Optional.empty();
        long offset = place.offset();
        boolean last = false;
        for (int i = place.file(); ; i = after(all, current)) {
            if (i < all.size()) {
                current = Optional.of(all.get(i));
                boolean newest = i == all.size() - 1;
                if (!readFile(all.get(i), offset, newest ? over : () -> true)) {
                    return;
                }
                offset = 0;
                last = newest && over.getAsBoolean();
            } else if (last) {
                return;
            } else {
                // Nothing was written yet.
                last = over.getAsBoolean();
                if (!last) {
                    Thread.sleep(LONGEST);
                }
            }
            all = files.list();
        }
    }

    private LogTail.Place begin(List<LogFiles.LogFile> all) {
        return query.tail().isPresent() && !all.isEmpty()
                ? new LogTail(query).find(all, Math.max(0, query.tail().getAsLong()))
                : new LogTail.Place(0, 0, 0);
    }

    /** The number of the file that follows the one that was read; that may have a new name now. */
    private static int after(List<LogFiles.LogFile> all, Optional<LogFiles.LogFile> read) {
        for (int i = 0; i < all.size(); i++) {
            if (read.isPresent() && all.get(i).key().equals(read.get().key())) {
                return i + 1;
            }
        }
        // It was removed, or compressed: what follows it cannot be told but by its time.
        for (int i = 0; i < all.size(); i++) {
            LogFiles.LogFile file = all.get(i);
            if (read.isEmpty() || file.number() > 0) {
                return i; // Of numbered ones the oldest goes first.
            }
            if (!file.compressed() && file.modified() > read.get().modified()) {
                return i;
            }
        }
        return all.size();
    }

    /** Reads one file until nothing more comes into it; false when no more is wanted at all. */
    private boolean readFile(LogFiles.LogFile file, long offset, BooleanSupplier over)
            throws InterruptedException {
        try (LogFileReader reader = LogFileReader.open(file, offset)) {
            Duration pause = SHORTEST;
            while (true) {
                // Asked before the read, so that what was written until then is read.
                boolean ended = over.getAsBoolean() || !isWritten(file);
                boolean any = false;
                for (Optional<LogRecord> next = reader.next();
                        next.isPresent();
                        next = reader.next()) {
                    any = true;
                    if (!give(next.get())) {
                        return false;
                    }
                }
                if (ended || reader.cutOff()) {
                    return true;
                }
                if (query.until().filter(Instant.now()::isAfter).isPresent()) {
                    return false;
                }
                pause = any ? SHORTEST : shorter(pause.multipliedBy(2));
                Thread.sleep(pause);
            }
        } catch (NoSuchFileException _) {
            return true; // It was just moved or removed.
        } catch (IOException e) {
            throw Failure.of("read the log " + file.path(), e);
        }
    }

    private static Duration shorter(Duration pause) {
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }

    /** Whether the file is still the one that the log is written to. */
    private boolean isWritten(LogFiles.LogFile file) {
        List<LogFiles.LogFile> all = files.list();
        return !all.isEmpty() && all.getLast().key().equals(file.key());
    }

    private boolean give(LogRecord record) throws InterruptedException {
        if (query.tooLate(record)) {
            return false;
        }
        if (!query.wants(record)) {
            return true;
        }
        if (skip > 0) {
            skip -= record.partial() ? 0 : 1;
            return true;
        }
        if (!query.tooOld(record)) {
            taker.take(record);
        }
        return true;
    }
}
