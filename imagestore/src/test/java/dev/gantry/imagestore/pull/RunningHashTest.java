package dev.gantry.imagestore.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningHashTest {
    private static final int SIZE = 5_000_011;

    @TempDir Path root;

    private final byte[] body = new byte[SIZE];
    private final Digest digest;

    RunningHashTest() {
        new Random(11).nextBytes(body);
        digest = TestImage.digest(body);
    }

    private static ContentStore store(Path below) throws IOException {
        return new ContentStore(
                below.resolve("content"), Files.createDirectories(below.resolve("tmp")));
    }

    private Path file(Path below) {
        return below.resolve("content/partial/sha256-" + digest.hex());
    }

    @Test
    void hashesBehindThoseWhoWrite() throws Exception {
        try (PartialBlob partial = store(root).partial(digest, SIZE);
                RunningHash hash = new RunningHash(partial);
                PartialBlob.Writer writer = partial.writer()) {
            for (int at = SIZE / 2; at < SIZE; at += 100_000) {
                writer.write(at, body, at, Math.min(100_000, SIZE - at));
            }
            for (int at = 0; at < SIZE / 2; at += 77_777) {
                writer.write(at, body, at, Math.min(77_777, SIZE / 2 - at));
            }
            assertThat(hash.await()).isEqualTo(digest);
        }
    }

    @Test
    void whatWasChangedOnDiskIsNoticed() throws Exception {
        try (PartialBlob partial = store(root).partial(digest, SIZE);
                PartialBlob.Writer writer = partial.writer()) {
            writer.write(0, body, 0, SIZE);
            try (RandomAccessFile other = new RandomAccessFile(file(root).toFile(), "rw")) {
                other.seek(4_000_000);
                other.write(body[4_000_000] ^ 1);
            }
            try (RunningHash hash = new RunningHash(partial)) {
                assertThat(hash.await()).isNotEqualTo(digest);
            }
        }
    }

    /** The kernel's memory has it as it was written, the disk has not. */
    @Test
    @Tag("root")
    void whatTheDiskLostIsNoticed() throws Exception {
        Path mount = Files.createDirectory(root.resolve("mnt"));
        sh("truncate -s 64M disk.img && mkfs.ext4 -q -F disk.img && mount -o loop disk.img mnt");
        try {
            try (PartialBlob partial = store(mount).partial(digest, SIZE);
                    PartialBlob.Writer writer = partial.writer()) {
                writer.write(0, body, 0, SIZE);
                sh("sync -f mnt");
                flip(Arrays.copyOfRange(body, 4_096_000, 4_096_032));
                assertThat(Files.readAllBytes(file(mount))).isEqualTo(body);
                try (RunningHash hash = new RunningHash(partial)) {
                    assertThat(hash.await()).isNotEqualTo(digest);
                }
            }
        } finally {
            sh("umount mnt");
        }
    }

    private void flip(byte[] bytes) throws IOException {
        Path image = root.resolve("disk.img");
        byte[] all = Files.readAllBytes(image);
        for (int at = 0; at + bytes.length <= all.length; at += 512) {
            if (Arrays.equals(all, at, at + bytes.length, bytes, 0, bytes.length)) {
                try (RandomAccessFile out = new RandomAccessFile(image.toFile(), "rw")) {
                    out.seek(at);
                    out.write(bytes[0] ^ 1);
                    return;
                }
            }
        }
        throw new IOException("the bytes are not on the disk");
    }

    private void sh(String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("sh", "-c", command)
                        .directory(root.toFile())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor()).as(command).isZero();
    }
}
