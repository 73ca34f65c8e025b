package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** No archive changes anything outside its directory, and each bad one is refused in words. */
@Tag("root")
class HostileLayerTest {
    private static final int MUTATIONS = Integer.getInteger("gantry.fuzz.steps", 1500);

    @TempDir Path temporary;
    Path base;
    Path canary;
    List<String> before = List.of();

    /** The canary stands beside the target, where {@code ../canary} leads. */
    @BeforeEach
    void hatchCanary() throws Exception {
        base = Files.createDirectory(temporary.resolve("b"));
        canary = Files.createDirectory(base.resolve("canary"));
        Trees.sh(
                canary,
                "echo secret > secret; mkdir dir; echo x > dir/keep; ln -s secret link; mkfifo pipe");
        before = Trees.fingerprint(canary);
    }

    @TestFactory
    Stream<DynamicTest> corpus() throws Exception {
        List<HostileCases.Case> cases = HostileLayers.aimedAt(canary);
        assertThat(cases).hasSizeGreaterThan(40);
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> run(one)));
    }

    private void run(HostileCases.Case one) throws Exception {
        Path target = base.resolve("layer");
        LayerDirectories.delete(target);
        Throwable thrown =
                catchThrowable(
                        () ->
                                LayerApplier.apply(
                                        new ByteArrayInputStream(one.blob()),
                                        one.mediaType(),
                                        LayerForm.DIRECTORY,
                                        target,
                                        HostileLayers.LIMITS));
        assertThat(Trees.fingerprint(canary)).isEqualTo(before);
        switch (one.expected()) {
            case HostileCases.Expected.Refused(Failure.Code code, String words) -> {
                assertThat(thrown).as(one.name()).isInstanceOf(Failure.class);
                assertThat(((Failure) thrown).message()).containsPattern(Pattern.compile(words));
                assertThat(((Failure) thrown).message()).doesNotContain("\n");
                assertThat(((Failure) thrown).code()).isEqualTo(code);
            }
            case HostileCases.Expected.Harmless(String listing) -> {
                assertThat(thrown).isNull();
                assertThat(listing(target))
                        .containsExactlyElementsOf(
                                new TreeSet<>(List.of(listing.split(", ", -1)))
                                        .stream().filter(line -> !line.isEmpty()).toList());
            }
        }
        LayerDirectories.delete(target);
        assertThat(target).doesNotExist();
        assertThat(Trees.fingerprint(canary)).isEqualTo(before);
        try (Stream<Path> beside = Files.list(base)) {
            assertThat(beside).containsExactly(canary);
        }
    }

    private static Set<String> listing(Path directory) throws IOException {
        Set<String> lines = new TreeSet<>();
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            list(root.top(), "", lines);
        }
        return lines;
    }

    private static void list(DirectoryHandle directory, String prefix, Set<String> lines)
            throws IOException {
        for (DirectoryEntry entry : directory.list(100_000)) {
            FileStatus status = directory.find(entry.name()).orElseThrow();
            String kind =
                    switch (status.kind()) {
                        case REGULAR -> "f ";
                        case DIRECTORY -> "d ";
                        case SYMLINK -> "l ";
                        case CHARACTER -> status.isWhiteout() ? "w " : "c ";
                        case BLOCK -> "b ";
                        case FIFO -> "p ";
                        case SOCKET, UNKNOWN -> "? ";
                    };
            lines.add(kind + prefix + entry.name());
            if (status.isDirectory()) {
                try (DirectoryHandle below = directory.openDirectory(entry.name())) {
                    list(below, prefix + entry.name() + "/", lines);
                }
            }
        }
    }

    /** Sound and hostile archives with random damage: applied or refused, never anything else. */
    @Test
    void mutatedArchives() throws Exception {
        long seed = Long.getLong("gantry.fuzz.seed", System.nanoTime());
        System.out.println("HostileLayerTest.mutatedArchives: -Dgantry.fuzz.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<HostileCases.Case> seeds =
                HostileLayers.aimedAt(canary).stream()
                        .filter(one -> one.blob().length > 0 && one.blob().length < 64 << 10)
                        .toList();
        for (int i = 0; i < MUTATIONS; i++) {
            HostileCases.Case one = seeds.get(random.nextInt(seeds.size()));
            byte[] blob = ArchiveMutation.mutate(one.blob(), random);
            Path target = base.resolve("layer");
            Throwable thrown =
                    catchThrowable(
                            () ->
                                    LayerApplier.apply(
                                            new ByteArrayInputStream(blob),
                                            one.mediaType(),
                                            LayerForm.DIRECTORY,
                                            target,
                                            HostileLayers.LIMITS));
            assertThat(thrown == null || thrown instanceof Failure)
                    .as("seed %d, step %d, from \"%s\": %s", seed, i, one.name(), thrown)
                    .isTrue();
            if (thrown instanceof Failure failure) {
                assertThat(failure.code())
                        .as("seed %d, step %d, from \"%s\": %s", seed, i, one.name(), failure)
                        .isNotEqualTo(Failure.Code.INTERNAL);
            }
            LayerDirectories.delete(target);
        }
        assertThat(Trees.fingerprint(canary)).isEqualTo(before);
        try (Stream<Path> beside = Files.list(base)) {
            assertThat(beside).containsExactly(canary);
        }
    }
}
