package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** No archive changes anything outside its directory, and each bad one is refused in words. */
@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class HostileLayerTest {
    /** The times that ext4 has room for, in seconds. */
    private static final long EXT4_FIRST = -(1L << 31);

    private static final long EXT4_LAST = (1L << 34) - (1L << 31) - 1;

    /** The end of a line of {@link Trees#contents}. */
    private static final Pattern TIME = Pattern.compile("\\|(-?\\d+)\\.(\\d{10})\\|");

    private static final int MUTATIONS = Integer.getInteger("gantry.fuzz.steps", 1500);

    @Parameter LayerForm form = LayerForm.DIRECTORY;
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
        UnpackedLayer.delete(target);
        AtomicReference<UnpackedLayer> unpacked = new AtomicReference<>();
        Throwable thrown =
                catchThrowable(
                        () -> unpacked.set(unpack(form, one.blob(), one.mediaType(), target)));
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
                assertThat(listing(unpacked.get().files()))
                        .containsExactlyElementsOf(
                                new TreeSet<>(List.of(listing.split(", ", -1)))
                                        .stream().filter(line -> !line.isEmpty()).toList());
            }
        }
        if (thrown == null) {
            unpacked.get().close();
        } else {
            assertNotBelieved(target);
        }
        UnpackedLayer.delete(target);
        assertThat(target).doesNotExist();
        assertThat(Trees.fingerprint(canary)).isEqualTo(before);
        try (Stream<Path> beside = Files.list(base)) {
            assertThat(beside).containsExactly(canary);
        }
    }

    private static UnpackedLayer unpack(
            LayerForm form, byte[] blob, String mediaType, Path target) {
        return UnpackedLayer.of(
                form, new ByteArrayInputStream(blob), mediaType, target, HostileLayers.LIMITS);
    }

    /** What is left of an image that could not be finished is none to the kernel. */
    private void assertNotBelieved(Path target) {
        if (form == LayerForm.EROFS) {
            assertThatThrownBy(() -> DetachedMount.erofs(target))
                    .isInstanceOf(ErrnoException.class);
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

    /** Whatever an archive is, both forms make the same of it. */
    private void assertSameAsDirectory(UnpackedLayer image, byte[] blob, String mediaType)
            throws Exception {
        Path beside = base.resolve("directory");
        try (UnpackedLayer directory = unpack(LayerForm.DIRECTORY, blob, mediaType, beside)) {
            assertThat(asExt4Keeps(Trees.contents(image.files())))
                    .isEqualTo(asExt4Keeps(Trees.contents(directory.files())));
            assertThat(Trees.attributes(image.files()))
                    .isEqualTo(Trees.attributes(directory.files()));
            assertThat(image.applied().inodes()).isEqualTo(directory.applied().inodes());
            assertThat(paths(image)).isEqualTo(paths(directory));
        }
    }

    /** An image keeps every time that an archive can say, a directory those of its file system. */
    private static List<String> asExt4Keeps(List<String> contents) {
        return contents.stream()
                .map(line -> TIME.matcher(line).replaceFirst(HostileLayerTest::clamped))
                .toList();
    }

    private static String clamped(MatchResult time) {
        long seconds = Long.parseLong(time.group(1));
        long kept = Math.clamp(seconds, EXT4_FIRST, EXT4_LAST);
        return "|%d.%s|".formatted(kept, kept == seconds ? time.group(2) : "0000000000");
    }

    private static List<PathBytes> paths(UnpackedLayer layer) {
        return layer.applied().impliedDirectories().stream().map(ImpliedDirectory::path).toList();
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
            AtomicReference<UnpackedLayer> unpacked = new AtomicReference<>();
            Throwable thrown =
                    catchThrowable(() -> unpacked.set(unpack(form, blob, one.mediaType(), target)));
            assertThat(thrown == null || thrown instanceof Failure)
                    .as("seed %d, step %d, from \"%s\": %s", seed, i, one.name(), thrown)
                    .isTrue();
            if (thrown instanceof Failure failure) {
                assertThat(failure.code())
                        .as("seed %d, step %d, from \"%s\": %s", seed, i, one.name(), failure)
                        .isNotEqualTo(Failure.Code.INTERNAL);
                assertNotBelieved(target);
            } else if (form == LayerForm.EROFS) {
                assertSameAsDirectory(unpacked.get(), blob, one.mediaType());
            }
            if (thrown == null) {
                unpacked.get().close();
            }
            UnpackedLayer.delete(target);
        }
        assertThat(Trees.fingerprint(canary)).isEqualTo(before);
        try (Stream<Path> beside = Files.list(base)) {
            assertThat(beside).containsExactly(canary);
        }
    }
}
