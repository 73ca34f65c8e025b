package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.StoreProcess.Operation;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link StoreStress} in a process that is killed in its midst, then in one that opens what that
 * left, and so on; with and without the layers' blobs.
 */
@Tag("root")
class ImageStoreStressTest {
    private static final int ROUNDS = 3;
    private static final int STEPS = 25;

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "EROFS"})
    void nothingIsLostAndNothingIsLeft(LayerChoice form) throws IOException {
        long seed = Long.getLong("gantry.test.seed", new Random().nextLong());
        System.out.println("seed of ImageStoreStressTest: " + seed);
        boolean keep = (seed & 1) == 0;
        Random random = new Random(seed);
        try (FakeRegistry registry = new FakeRegistry()) {
            StoreStress.serve(registry);
            for (int round = 0; round < ROUNDS; round++) {
                long number = random.nextLong();
                killed(
                        StoreProcess.arguments(
                                form, keep, Operation.STRESS, registry.authority() + " " + number),
                        1 + random.nextInt(STEPS * StoreStress.THREADS));
                opened(form, keep, registry.authority(), number, round == ROUNDS - 1);
            }
        }
    }

    /** Runs until it said that so many steps were done. */
    private void killed(List<String> arguments, int steps) throws IOException {
        List<String> command = new ArrayList<>(QuickJava.command(directory, StoreProcess.class));
        command.add(directory.toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        int done = 0;
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                done += line.equals("STEP") ? 1 : 0;
                if (done == steps) {
                    break;
                }
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
        assertThat(done).as(said.toString()).isEqualTo(steps);
    }

    private void opened(LayerChoice form, boolean keep, String registry, long seed, boolean last)
            throws IOException {
        String where = "seed " + seed;
        List<Image> before;
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = StoreProcess.open(directory, form, keep, database);
            Aftermath aftermath = new Aftermath(directory, database, store, where);
            aftermath.isConsistent();
            aftermath
                    .strings("SELECT container_id FROM image_rootfs")
                    .forEach(store.containers()::discard);
            new StoreStress(store, registry, ~seed, () -> {}).run(STEPS);
            aftermath.isConsistent();
            before = store.list();
        }
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = StoreProcess.open(directory, form, keep, database);
            Aftermath aftermath = new Aftermath(directory, database, store, where);
            assertThat(store.list()).as(where).isEqualTo(before);
            aftermath.isConsistent();
            if (last) {
                aftermath.canBeEmptied();
            }
        }
    }
}
