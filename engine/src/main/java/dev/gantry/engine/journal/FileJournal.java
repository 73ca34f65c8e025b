package dev.gantry.engine.journal;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal over files: a bounded queue, and one thread that writes what comes together. */
final class FileJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);
    private static final int WAITING = 8192;
    private static final int TOGETHER = 512;
    private static final int PATIENCE_SECONDS = 5;

    private sealed interface Task {
        record Tell(Story story, Step step) implements Task {}

        record Retire(Story story) implements Task {}

        record RetireOthers(Set<Story> alive) implements Task {}

        record Flush(CountDownLatch done, boolean last) implements Task {}
    }

    private final StoryFiles files;
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>(WAITING);

    FileJournal(Path directory) {
        files = new StoryFiles(directory);
        var _ = Thread.ofVirtual().name("journal").start(this::run);
    }

    @Override
    public void tell(Story story, Step step) {
        add(new Task.Tell(story, step));
    }

    @Override
    public void retire(Story story) {
        add(new Task.Retire(story));
    }

    @Override
    public void retireOthers(Set<Story> alive) {
        add(new Task.RetireOthers(Set.copyOf(alive)));
    }

    /** A disk that hangs costs steps, not memory nor anybody's time. */
    private void add(Task task) {
        if (!tasks.offer(task)) {
            LOG.atDebug().log("a step of a pod's life was not written down: the disk is too slow");
        }
    }

    @Override
    public List<Step> read(Story story) {
        flush(false);
        return files.read(story);
    }

    @Override
    public Optional<Match> find(Scope scope, String reference) {
        flush(false);
        return files.find(scope, reference);
    }

    @Override
    public void close() {
        flush(true);
    }

    private void flush(boolean last) {
        CountDownLatch done = new CountDownLatch(1);
        try {
            if (tasks.offer(new Task.Flush(done, last), PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                var _ = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted while reading the journal", e);
        }
    }

    private void run() {
        try {
            boolean open = true;
            while (open) {
                List<Task> some = new ArrayList<>();
                some.add(tasks.take());
                tasks.drainTo(some, TOGETHER);
                open = write(some);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether more is to come. */
    private boolean write(List<Task> some) {
        Map<Story, List<Step>> steps = new LinkedHashMap<>();
        boolean open = true;
        for (Task task : some) {
            switch (task) {
                case Task.Tell(Story story, Step step) ->
                        steps.computeIfAbsent(story, _ -> new ArrayList<>()).add(step);
                case Task.Retire(Story story) -> {
                    append(steps);
                    attempt(() -> files.retire(story));
                }
                case Task.RetireOthers(Set<Story> alive) -> {
                    append(steps);
                    attempt(() -> files.retireOthers(alive));
                }
                case Task.Flush(CountDownLatch done, boolean last) -> {
                    append(steps);
                    done.countDown();
                    open = open && !last;
                }
            }
        }
        append(steps);
        return open;
    }

    private void append(Map<Story, List<Step>> steps) {
        steps.forEach((story, its) -> attempt(() -> files.append(story, its)));
        steps.clear();
    }

    private interface Writing {
        void run() throws IOException;
    }

    /** Losing a step harms nobody, so what cannot be written fails nothing. */
    private static void attempt(Writing writing) {
        try {
            writing.run();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("error", e.toString())
                    .log("steps of a pod's life could not be written down");
        }
    }
}
