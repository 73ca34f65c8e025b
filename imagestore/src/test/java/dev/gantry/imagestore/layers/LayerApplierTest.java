package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class LayerApplierTest {
    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;

    /** A stream that gives what it has and then waits until it is closed. */
    private static final class FakeStalledStream extends InputStream {
        private final InputStream first;
        private final CountDownLatch stalled = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);

        FakeStalledStream(byte[] first) {
            this.first = new ByteArrayInputStream(first);
        }

        @Override
        public int read() throws IOException {
            int next = first.read();
            if (next < 0) {
                stalled.countDown();
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
                throw new IOException("closed");
            }
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = first.read(target, offset, length);
            return count < 0 ? read() : count;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private Failure failure(InputStream stream, Path target, ApplyLimits limits) {
        Throwable thrown =
                catchThrowable(() -> LayerApplier.apply(stream, Trees.PLAIN, form, target, limits));
        assertThat(thrown).isInstanceOf(Failure.class);
        return (Failure) thrown;
    }

    @Test
    void anInterruptedCallerGetsAwayFromAStalledStream() throws Exception {
        FakeStalledStream stream = new FakeStalledStream(new TarWriter().file("a", "x").unended());
        AtomicReference<Failure> failure = new AtomicReference<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        failure.set(
                                                failure(
                                                        stream,
                                                        temporary.resolve("t"),
                                                        ApplyLimits.DEFAULT)));
        stream.stalled.await();
        caller.interrupt();
        caller.join();
        assertThat(failure.get().code()).isEqualTo(Failure.Code.CANCELLED);
        assertThat(stream.closed.getCount()).isZero();
    }

    /** File systems like to give a new directory the inode of one that was just removed. */
    @Test
    void aDirectoryInTheInodeOfOneThatWentHasItsOwnMode() throws Exception {
        byte[] archive =
                new TarWriter().file("a/x", "").file("a", "").file("tmp/x", "").file("z", "").end();
        try (UnpackedLayer layer = UnpackedLayer.of(form, archive, temporary.resolve("t"))) {
            assertThat(Trees.sh(layer.files(), "stat -c '%a %Y' tmp")).isEqualTo("755 0\n");
        }
    }

    @Test
    void aBadEntryEndsAStreamThatStalls() {
        byte[] bad = new TarWriter().file("../a", "x").raw(new byte[ChunkQueue.CHUNK]).unended();
        FakeStalledStream stream = new FakeStalledStream(bad);
        Failure failure = failure(stream, temporary.resolve("t"), ApplyLimits.DEFAULT);
        assertThat(failure.message())
                .isEqualTo("apply layer: entry \"../a\": name leaves the layer's root by \"..\"");
        assertThat(stream.closed.getCount()).isZero();
    }

    @Test
    void aStreamThatBreaksIsUnavailable() throws Exception {
        InputStream broken = InputStream.nullInputStream();
        broken.close();
        Failure failure = failure(broken, temporary.resolve("t"), ApplyLimits.DEFAULT);
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAVAILABLE);
        assertThat(failure.message())
                .isEqualTo("apply layer: header at byte 0: read layer: Stream closed");
    }

    @Test
    void theDiskIsNotFilled() {
        ApplyLimits greedy = new ApplyLimits(1 << 20, 10, 10, 0, Long.MAX_VALUE);
        byte[] archive = new TarWriter().file("a", "x").end();
        Path target = temporary.resolve("t");
        Failure failure = failure(new ByteArrayInputStream(archive), target, greedy);
        assertThat(failure.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED);
        assertThat(failure.message()).contains("free space there").contains(target.toString());
    }

    @Test
    void aTargetInUseIsRefused() throws Exception {
        Path target = temporary.resolve("t");
        Path mine = form == LayerForm.EROFS ? target : target.resolve("mine");
        Files.createDirectories(mine.getParent());
        Files.writeString(mine, "x");
        byte[] archive = new TarWriter().file("mine", "theirs").end();
        Failure failure = failure(new ByteArrayInputStream(archive), target, ApplyLimits.DEFAULT);
        assertThat(failure.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThat(Files.readString(mine)).isEqualTo("x");
    }

    @Test
    void xattrsThatWouldSpeakToTheOverlayOrThePolicyAreDropped() throws Exception {
        byte[] archive =
                new TarWriter()
                        .pax(
                                "SCHILY.xattr.trusted.overlay.redirect", "/canary",
                                "SCHILY.xattr.trusted.overlay.opaque", "y",
                                "SCHILY.xattr.user.overlay.opaque", "y",
                                "SCHILY.xattr.trusted.other", "x",
                                "SCHILY.xattr.security.selinux", "label",
                                "SCHILY.xattr.user.kept", "x")
                        .directory("d")
                        .pax(
                                "SCHILY.xattr.user.kept",
                                "x",
                                "SCHILY.xattr.trusted.overlay.whiteout",
                                "")
                        .file("f", "")
                        .pax("SCHILY.xattr.user.impossible", "x")
                        .symlink("l", "f")
                        .end();
        try (UnpackedLayer layer = UnpackedLayer.of(form, archive, temporary.resolve("t"))) {
            assertThat(Trees.attributes(layer.files()))
                    .containsExactly("/d user.kept=78", "/f user.kept=78");
        }
    }
}
