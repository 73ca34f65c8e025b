package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does one thing to a store again and again, each time on a copy of the same store, and is killed
 * at another place each time: at some, chosen by the seed that is printed ({@code
 * gantry.test.seed}), or at every one with {@code gantry.test.kills=all}.
 */
final class KillRun {
    private static final String MODE = System.getProperty("gantry.test.kills", "");
    private static final long SEED = Long.getLong("gantry.test.seed", new Random().nextLong());
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final DiskCalls calls;
    private final Path directory;
    private final Path template;

    /** What is looked at after each kill, and after the run that nobody killed. */
    @FunctionalInterface
    interface Look {
        void at(Path store, DiskCalls.Ended ended, String where) throws IOException;
    }

    /**
     * @param template a store to begin with; it is closed
     */
    KillRun(DiskCalls calls, Path directory, Path template) {
        this.calls = calls;
        this.directory = directory;
        this.template = template;
    }

    /** Kills, and looks; how many kills there are when not all are asked for. */
    void run(String name, List<String> arguments, int kills, Look look) throws IOException {
        System.out.printf("kills of \"%s\": seed %d%n", name, SEED);
        Random random = new Random(SEED + name.hashCode());
        Path first = fresh();
        DiskCalls.Ended whole = calls.run(first, arguments);
        look.at(first, whole, name + ", not killed");
        delete(first);
        List<DiskCalls.Call> places =
                MODE.equals("all") ? whole.calls() : some(whole.calls(), kills, random);
        List<String> failures = new ArrayList<>();
        int missed = 0;
        for (DiskCalls.Call place : places) {
            boolean torn = random.nextBoolean();
            String where =
                    "%s, killed %s %s, seed %d"
                            .formatted(name, torn ? "in" : "before", place.place(), SEED);
            Path at = fresh();
            DiskCalls.Ended ended = calls.run(at, place.place(), torn, arguments);
            missed += ended.done() ? 1 : 0;
            look(look, at, ended, where).ifPresent(failures::add);
        }
        System.out.printf(
                "kills of \"%s\": %d places in %d families, %d kills, %d not come by%n",
                name,
                whole.calls().size(),
                families(whole.calls()).size(),
                places.size() - missed,
                missed);
        assertThat(failures).isEmpty();
        assertThat(missed)
                .as("places that a run did not come by")
                .isLessThan(1 + places.size() / 4);
    }

    /**
     * The same, for what changes nothing but the disk: with {@code gantry.test.kills=states} the
     * state at every place is looked at, too.
     */
    void runOnDisk(String name, List<String> arguments, int kills, Look look) throws IOException {
        run(name, arguments, kills, look);
        if (!MODE.equals("states")) {
            return;
        }
        Path states = Files.createDirectory(directory.resolve("states"));
        Path first = fresh();
        DiskCalls.Ended whole = calls.run(first, states, arguments);
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < whole.calls().size(); i++) {
            String where = "%s, as before %s".formatted(name, whole.calls().get(i).place());
            var ended = new DiskCalls.Ended(false, "", whole.calls().subList(0, i));
            look(look, states.resolve(String.valueOf(i + 1)), ended, where)
                    .ifPresent(failures::add);
        }
        delete(first);
        delete(states);
        System.out.printf(
                "kills of \"%s\": %d states, %d wrong%n",
                name, whole.calls().size(), failures.size());
        assertThat(failures).isEmpty();
    }

    /** What is wrong; the other places are tried all the same. */
    private static Optional<String> look(Look look, Path at, DiskCalls.Ended ended, String where)
            throws IOException {
        try {
            look.at(at, ended, where);
            return Optional.empty();
        } catch (IOException | RuntimeException | AssertionError e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            System.out.println(where + ": " + trace);
            return Optional.of(where + ": " + e.getMessage());
        } finally {
            delete(at);
        }
    }

    /** One of each family of calls in turn, so that rare ones are not drowned by writes. */
    private static List<DiskCalls.Call> some(List<DiskCalls.Call> all, int count, Random random) {
        List<List<DiskCalls.Call>> families = new ArrayList<>(families(all).values());
        families.forEach(family -> Collections.shuffle(family, random));
        Collections.shuffle(families, random);
        List<DiskCalls.Call> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < Math.min(count, all.size()); round++) {
            for (List<DiskCalls.Call> family : families) {
                if (round < family.size() && chosen.size() < count) {
                    chosen.add(family.get(round));
                }
            }
        }
        return chosen;
    }

    private static Map<String, List<DiskCalls.Call>> families(List<DiskCalls.Call> all) {
        Map<String, List<DiskCalls.Call>> families = new LinkedHashMap<>();
        all.forEach(
                call -> families.computeIfAbsent(call.family(), _ -> new ArrayList<>()).add(call));
        return families;
    }

    private Path fresh() throws IOException {
        Path at = directory.resolve("run-" + NUMBERS.incrementAndGet());
        Run.ok("cp", "-a", template.toString(), at.toString());
        return at;
    }

    private static void delete(Path at) throws IOException {
        Run.ok("rm", "-rf", at.toString());
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(at.toString());
    }
}
