package dev.gantry.engine.journal;

import dev.gantry.model.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file a story, {@code <scope>/<key>.jsonl}: whose it is, and below it a step a line. One whose
 * pods are gone is called {@code <key>.gone}. Read by anyone, written by one thread.
 */
final class StoryFiles {
    private static final String LIVE = ".jsonl";
    private static final String GONE = ".gone";
    private static final int LONGEST_BYTES = 64 << 10;
    private static final int CUT_BYTES = 32 << 10;

    /** Of each scope. */
    private static final int KEPT_GONE = 64;

    private final Path directory;

    StoryFiles(Path directory) {
        this.directory = directory;
    }

    private Path scope(Scope scope) {
        return directory.resolve(scope.toString());
    }

    private Path file(Story story, String kind) {
        return scope(story.scope()).resolve(story.key() + kind);
    }

    void append(Story story, List<Step> steps) throws IOException {
        Path file = file(story, LIVE);
        StringBuilder lines = new StringBuilder();
        if (!Files.exists(file)) {
            Files.createDirectories(scope(story.scope()));
            try {
                // A pod whose start failed, and is tried once more.
                var _ = Files.move(file(story, GONE), file, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException _) {
                lines.append(StoryLines.write(story)).append('\n');
            }
        }
        steps.forEach(step -> lines.append(StoryLines.write(step)).append('\n'));
        var _ =
                Files.writeString(
                        file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (Files.size(file) > LONGEST_BYTES) {
            cut(file);
        }
    }

    /** Keeps whose it is, and the last steps. */
    private static void cut(Path file) throws IOException {
        List<String> all = lines(file);
        List<String> kept = new ArrayList<>();
        int bytes = 0;
        for (String line : all.reversed()) {
            bytes += line.length();
            if (bytes > CUT_BYTES) {
                break;
            }
            kept.addFirst(line);
        }
        kept.addFirst(all.getFirst());
        Path shorter = file.resolveSibling(file.getFileName() + ".new");
        var _ = Files.write(shorter, kept);
        var _ = Files.move(shorter, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The lines of a file, none when it is not there. What was torn by a kill may be no UTF-8. */
    private static List<String> lines(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    void retire(Story story) throws IOException {
        retire(file(story, LIVE), story.scope());
        sweep(story.scope());
    }

    private static void retire(Path file, Scope scope) throws IOException {
        boolean kept =
                scope == Scope.LOCAL
                        || steps(file).stream().anyMatch(step -> step.kind() == Step.Kind.FAILED);
        if (!kept) {
            Files.deleteIfExists(file);
            return;
        }
        String name = file.getFileName().toString();
        Path gone = file.resolveSibling(name.substring(0, name.length() - LIVE.length()) + GONE);
        try {
            var _ = Files.move(file, gone, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException _) {
            // Nothing was ever told of it, or it is retired already.
        }
    }

    void retireOthers(Set<Story> alive) throws IOException {
        Set<Path> theirs =
                alive.stream().map(story -> file(story, LIVE)).collect(Collectors.toSet());
        for (Scope scope : Scope.values()) {
            for (Path file : files(scope)) {
                if (!theirs.contains(file) && file.toString().endsWith(LIVE)) {
                    retire(file, scope);
                }
            }
            sweep(scope);
        }
    }

    private void sweep(Scope scope) throws IOException {
        List<Path> gone =
                files(scope).stream().filter(file -> file.toString().endsWith(GONE)).toList();
        if (gone.size() <= KEPT_GONE) {
            return;
        }
        record Aged(Path file, FileTime at) {}
        List<Aged> aged = new ArrayList<>();
        for (Path file : gone) {
            aged.add(new Aged(file, Files.getLastModifiedTime(file)));
        }
        aged.sort(Comparator.comparing(Aged::at));
        for (Aged oldest : aged.subList(0, aged.size() - KEPT_GONE)) {
            Files.deleteIfExists(oldest.file());
        }
    }

    private List<Path> files(Scope scope) throws IOException {
        try (Stream<Path> all = Files.list(scope(scope))) {
            return all.toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    List<Step> read(Story story) {
        try {
            List<Step> live = steps(file(story, LIVE));
            return live.isEmpty() ? steps(file(story, GONE)) : live;
        } catch (IOException e) {
            throw dev.gantry.model.Failure.of("read the steps of " + story.qualified(), e);
        }
    }

    private static List<Step> steps(Path file) throws IOException {
        return lines(file).stream().flatMap(line -> StoryLines.step(line).stream()).toList();
    }

    Optional<Journal.Match> find(Scope scope, String reference) {
        Search search = new Search(scope, reference);
        try {
            for (Path file : files(scope)) {
                List<String> lines = lines(file);
                if (!lines.isEmpty()) {
                    StoryLines.story(lines.getFirst(), scope)
                            .ifPresent(
                                    story ->
                                            lines.stream()
                                                    .flatMap(l -> StoryLines.step(l).stream())
                                                    .forEach(step -> search.look(story, step)));
                }
            }
        } catch (IOException e) {
            throw dev.gantry.model.Failure.of("look for " + reference + " in the journal", e);
        }
        return search.best();
    }
}
