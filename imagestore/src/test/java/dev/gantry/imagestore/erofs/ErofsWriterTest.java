package dev.gantry.imagestore.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.imagestore.testing.Run;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel says of writing; that it can read an image is seen by the tests of layers. */
@Tag("root")
class ErofsWriterTest {
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Timestamp.EPOCH, Map.of());

    @TempDir Path temporary;

    /** Found by the caller itself, and by the thread that writes what is past the beginning. */
    @ParameterizedTest
    @ValueSource(ints = {8, 24})
    void aFullDiskIsSaid(int megabytes) throws Exception {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        Run.ok("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.toString());
        try (ErofsWriter writer = ErofsWriter.create(disk.resolve("image"))) {
            ErrnoException error =
                    catchThrowableOfType(
                            ErrnoException.class,
                            () -> {
                                write(writer, 40 << 20);
                                writer.finish(new Directory());
                            });
            assertThat(error.errno()).isEqualTo(Errno.ENOSPC);
        } finally {
            Run.ok("umount", disk.toString());
        }
    }

    /** Anything but zeros, which take no space. */
    private static void write(ErofsWriter writer, long size) throws IOException {
        writer.file(
                PLAIN,
                size,
                to -> {
                    int count = to.remaining();
                    byte[] ones = new byte[count];
                    Arrays.fill(ones, (byte) 1);
                    to.put(ones);
                    return count;
                });
    }
}
