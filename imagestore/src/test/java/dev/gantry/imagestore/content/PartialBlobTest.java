package dev.gantry.imagestore.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartialBlobTest {
    private static final int SIZE = 1_000_003;

    private final byte[] body = new byte[SIZE];
    private Digest digest = TestImage.digest(body);

    @TempDir Path root;
    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        new Random(3).nextBytes(body);
        digest = TestImage.digest(body);
        store =
                new ContentStore(
                        root.resolve("content"), Files.createDirectory(root.resolve("tmp")));
    }

    private byte[] bytes() throws IOException {
        return Files.readAllBytes(root.resolve("content/partial/sha256-" + digest.hex()));
    }

    /** What was hashed must not change, so the first who writes a byte is the only one. */
    @Test
    void whatIsHereIsNotWrittenAgain() throws IOException {
        byte[] other = new byte[SIZE];
        try (PartialBlob partial = store.partial(digest, SIZE);
                PartialBlob.Writer first = partial.writer();
                PartialBlob.Writer second = partial.writer()) {
            first.write(1000, body, 1000, 500);
            first.write(2000, body, 2000, 100);
            second.write(900, other, 0, 1300);
            assertThat(partial.missingFrom(900)).isEqualTo(2200);
            assertThat(partial.total()).isEqualTo(1300);
            byte[] expected = new byte[2200];
            System.arraycopy(body, 1000, expected, 1000, 500);
            System.arraycopy(body, 2000, expected, 2000, 100);
            assertThat(bytes()).isEqualTo(expected);
            partial.clear();
            assertThat(partial.total()).isZero();
            second.write(0, body, 0, SIZE);
            assertThat(bytes()).isEqualTo(body);
        }
    }

    @Test
    void connectionsThatOverlapMakeTheBlob() throws Exception {
        try (PartialBlob partial = store.partial(digest, SIZE)) {
            List<Integer> starts = new ArrayList<>();
            for (int at = 0; at < SIZE; at += 7919) {
                starts.add(at);
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                List<Integer> order = new ArrayList<>(starts);
                Collections.shuffle(order, new Random(i));
                threads.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            try (PartialBlob.Writer writer = partial.writer()) {
                                                for (int at : order) {
                                                    int length = Math.min(10_000, SIZE - at);
                                                    writer.write(at, body, at, length);
                                                }
                                            } catch (IOException e) {
                                                throw new AssertionError(e);
                                            }
                                        }));
            }
            assertThat(partial.await(0, SIZE, 60_000)).isEqualTo(SIZE);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(bytes()).isEqualTo(body);
            assertThatThrownBy(
                            () -> {
                                try (PartialBlob.Writer writer = partial.writer()) {
                                    writer.write(SIZE - 1, body, 0, 2);
                                }
                            })
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
