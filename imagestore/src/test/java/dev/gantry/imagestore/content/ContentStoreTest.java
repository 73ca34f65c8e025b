package dev.gantry.imagestore.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
    private static final byte[] BODY = "some content".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = TestImage.digest(BODY);

    @TempDir Path root;
    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        store =
                new ContentStore(
                        root.resolve("content"), Files.createDirectory(root.resolve("tmp")));
    }

    @Test
    void whatMatchesIsStored() throws IOException {
        store.ingest(DIGEST, BODY.length, new ByteArrayInputStream(BODY));
        assertThat(store.has(DIGEST, BODY.length)).isTrue();
        assertThat(store.has(DIGEST, BODY.length + 1)).isFalse();
        assertThat(store.read(DIGEST, 100)).isEqualTo(BODY);
        assertThat(store.list()).containsExactly(DIGEST);
        store.delete(DIGEST);
        store.delete(DIGEST);
        assertThat(store.size(DIGEST)).isEqualTo(-1);
    }

    @Test
    void sha512() throws IOException {
        Digest digest =
                Digest.parse(
                        "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
        store.ingest(digest, 0, new ByteArrayInputStream(new byte[0]));
        assertThat(store.list()).containsExactly(digest);
    }

    @Test
    void whatDoesNotMatchLeavesNothing() throws IOException {
        refused(DIGEST, BODY.length - 1, "longer than");
        refused(DIGEST, BODY.length + 1, "ended after 12 of 13 bytes");
        refused(TestImage.digest(new byte[1]), BODY.length, "has the digest " + DIGEST);
        assertThat(store.list()).isEmpty();
        try (var left = Files.list(root.resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    private void refused(Digest digest, long size, String words) {
        assertThatThrownBy(() -> store.ingest(digest, size, new ByteArrayInputStream(BODY)))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(Failure.Code.DATA_LOSS))
                .hasMessageContaining(words);
    }

    @Test
    void changedOnDisk() throws IOException {
        store.put(DIGEST, BODY);
        Files.writeString(
                root.resolve("content/blobs/sha256").resolve(DIGEST.hex()), "more content");
        assertThatThrownBy(() -> store.read(DIGEST, 100)).hasMessageContaining("damaged on disk");
        assertThat(store.list()).isEmpty();
    }

    private Path partial(String end) {
        return root.resolve("content/partial/sha256-" + DIGEST.hex() + end);
    }

    private PartialBlob begun(int bytes) throws IOException {
        PartialBlob partial = store.partial(DIGEST, BODY.length);
        write(partial, 0, bytes);
        partial.close();
        return store.partial(DIGEST, BODY.length);
    }

    private static void write(PartialBlob partial, int at, int bytes) throws IOException {
        try (PartialBlob.Writer writer = partial.writer()) {
            writer.write(at, BODY, at, bytes);
        }
    }

    @Test
    void aTornNoteSpoilsNoneAfterIt() throws IOException {
        begun(5).close();
        Files.write(partial(".have"), new byte[11], StandardOpenOption.APPEND);
        try (PartialBlob partial = store.partial(DIGEST, BODY.length)) {
            assertThat(partial.resumed()).isEqualTo(5);
            write(partial, 5, 2);
        }
        try (PartialBlob partial = store.partial(DIGEST, BODY.length)) {
            assertThat(partial.resumed()).isEqualTo(7);
        }
    }

    @Test
    void aListThatOutlivedItsFileSaysNothing() throws IOException {
        begun(5).close();
        Files.delete(partial(""));
        try (PartialBlob partial = store.partial(DIGEST, BODY.length)) {
            write(partial, 11, 1);
        }
        try (PartialBlob partial = store.partial(DIGEST, BODY.length)) {
            assertThat(partial.resumed()).isEqualTo(1);
            assertThat(partial.missingFrom(0)).isZero();
        }
        Files.delete(partial(""));
        new ContentStore(root.resolve("content"), root.resolve("tmp"));
        assertThat(partial(".have")).doesNotExist();
    }
}
