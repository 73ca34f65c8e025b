package dev.gantry.local;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events, an object of JSON a line, written by a thread of its own so that nobody waits for the
 * disk, and never synced: a kill of the daemon loses the last milliseconds. It is cut when it is
 * read and whenever it has grown to the double of what is kept.
 */
final class EventFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);
    private static final int WAITING = 8192;
    private static final int PATIENCE_SECONDS = 5;

    private final Path file;
    private final int kept;

    /** Nothing stands for the end. */
    private final LinkedBlockingQueue<Optional<LocalEvent>> events =
            new LinkedBlockingQueue<>(WAITING);

    private final CountDownLatch closed = new CountDownLatch(1);
    private int lines;

    private EventFile(Path file, int kept, int lines) {
        this.file = file;
        this.kept = kept;
        this.lines = lines;
    }

    /**
     * What a file holds, and the file for what is to come.
     *
     * @param events the oldest first
     */
    record Opened(EventFile file, List<LocalEvent> events) {}

    /**
     * Opens a file, which need not be there.
     *
     * @param kept how many events
     */
    static Opened open(Path file, int kept) {
        List<LocalEvent> known = new ArrayList<>();
        for (String line : readLines(file)) {
            try {
                known.add(Json.read(line, LocalEvent.class));
            } catch (RuntimeException e) {
                // The last line before a kill.
                LOG.atDebug().addKeyValue("error", e.getMessage()).log("no event");
            }
        }
        List<LocalEvent> last = known.subList(Math.max(0, known.size() - kept), known.size());
        EventFile opened = new EventFile(file, kept, last.size());
        opened.replace(last.stream().map(Json::write).toList());
        var _ = Thread.ofVirtual().name("events").start(opened::run);
        return new Opened(opened, List.copyOf(last));
    }

    private static List<String> readLines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("read the events of " + file, e);
        }
    }

    /** Adds one; a disk that hangs costs events, not memory nor anybody's time. */
    void add(LocalEvent event) {
        if (!events.offer(Optional.of(event))) {
            LOG.atDebug().log("an event was not written down: the disk is too slow");
        }
    }

    private void run() {
        try {
            boolean open = true;
            while (open) {
                List<Optional<LocalEvent>> some = new ArrayList<>();
                some.add(events.take());
                events.drainTo(some);
                open = some.stream().allMatch(Optional::isPresent);
                write(some.stream().flatMap(Optional::stream).map(Json::write).toList());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            closed.countDown();
        }
    }

    private void write(List<String> some) {
        try {
            var _ = Files.write(file, some, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            lines += some.size();
            if (lines > 2 * kept) {
                List<String> all = readLines(file);
                replace(all.subList(Math.max(0, all.size() - kept), all.size()));
                lines = kept;
            }
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("events were not written down");
        }
    }

    private void replace(List<String> content) {
        Path shorter = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            var _ = Files.write(shorter, content);
            var _ = Files.move(shorter, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.of("write the events to " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            var _ = events.offer(Optional.empty(), PATIENCE_SECONDS, TimeUnit.SECONDS);
            var _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
