package dev.gantry.linux.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.linux.ErrnoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiskReaderTest {
    private static final int BLOCK = DiskReader.atLeast();

    @TempDir Path directory;

    private static DiskReader open(Path file, long size, int most, boolean direct)
            throws ErrnoException {
        return direct ? DiskReader.open(file, size, most) : DiskReader.buffered(file, size, most);
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        to.writeBytes(bytes);
    }

    /** Sizes around blocks, read at odd most bytes a time, while the file grows by odd steps. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsWhatIsWrittenHoweverItGrows(boolean direct) throws Exception {
        long seed = Long.getLong("gantry.disk.seed", System.nanoTime());
        System.out.println("DiskReaderTest: -Dgantry.disk.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int size =
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextInt(1, 3 * BLOCK);
                        case 1 -> BLOCK * random.nextInt(1, 40) + random.nextInt(-1, 2);
                        default -> random.nextInt(1, 400_000);
                    };
            byte[] content = new byte[size];
            random.nextBytes(content);
            Path file = directory.resolve("file-" + round);
            int most = random.nextInt(1, 20 * BLOCK);
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw");
                    DiskReader reader = open(file, size, most, direct)) {
                int written = 0;
                while (read.size() < size) {
                    if (written < size) {
                        int more = Math.min(random.nextInt(1, 100_000), size - written);
                        out.write(content, written, more);
                        written += more;
                        reader.writeBack(written);
                    }
                    if (written == size || written - read.size() >= BLOCK) {
                        append(read, reader.read(read.size(), written));
                    }
                }
            }
            assertArrayEquals(content, read.toByteArray(), "size " + size + ", most " + most);
            Files.delete(file);
        }
    }

    @Test
    void aFileInMemoryIsReadToo() throws Exception {
        Path memory = Path.of("/dev/shm/gantry-disk-reader-" + ProcessHandle.current().pid());
        byte[] content = {1, 2, 3};
        try {
            Files.write(memory, content);
            try (DiskReader reader = DiskReader.open(memory, 3, 1 << 20)) {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                append(read, reader.read(0, 3));
                assertArrayEquals(content, read.toByteArray());
            }
        } finally {
            Files.deleteIfExists(memory);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatIsShorterThanItShouldBeIsAnError(boolean direct) throws Exception {
        Path file = Files.write(directory.resolve("short"), new byte[5000]);
        try (DiskReader reader = open(file, 6000, 1 << 20, direct)) {
            assertEquals(BLOCK, reader.read(0, 6000).remaining());
            assertThrows(ErrnoException.class, () -> reader.read(BLOCK, 6000));
            assertThrows(IllegalArgumentException.class, () -> reader.read(1, 6000));
            assertThrows(IllegalArgumentException.class, () -> reader.read(BLOCK, 5000));
        }
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[1]);
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThrows(ErrnoException.class, () -> DiskReader.open(link, 1, 1));
    }

    /** The kernel's memory has what was written; the disk lost it. */
    @Tag("root")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheDiskLostIsSeen(boolean direct) throws Exception {
        Path image = directory.resolve("disk.img");
        Path mount = Files.createDirectory(directory.resolve("mnt"));
        sh("truncate -s 32M disk.img && mkfs.ext4 -q -F disk.img && mount -o loop disk.img mnt");
        try {
            byte[] content = new byte[300_001];
            new Random(7).nextBytes(content);
            Path file = mount.resolve("file");
            Files.write(file, content);
            sh("sync -f mnt/file");
            flip(image, Arrays.copyOfRange(content, 200_704, 200_736));
            if (direct) {
                assertArrayEquals(content, Files.readAllBytes(file), "memory is as before");
            }
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (DiskReader reader = open(file, content.length, 1 << 16, direct)) {
                assertEquals(direct, reader.isDirect());
                while (read.size() < content.length) {
                    append(read, reader.read(read.size(), content.length));
                }
            }
            assertFalse(Arrays.equals(content, read.toByteArray()));
            content[200_704] ^= 1;
            assertArrayEquals(content, read.toByteArray());
        } finally {
            sh("umount mnt");
        }
    }

    /** Changes one bit of the image, where these bytes are. */
    private static void flip(Path image, byte[] bytes) throws IOException {
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
                        .directory(directory.toFile())
                        .inheritIO()
                        .start();
        assertTrue(process.waitFor() == 0, command);
    }
}
