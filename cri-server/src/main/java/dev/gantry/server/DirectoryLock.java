package dev.gantry.server;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Holds a directory for one daemon: a lock on {@code gantryd.lock} in it, which the kernel drops
 * with the process, and which names its holder. A killed daemon leaves nothing to clean up.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final int PID_MAX = 32;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes the directory (mode 0711) if need be and locks it; ALREADY_EXISTS when another daemon
     * has it.
     *
     * @param option what moves the directory, for the message
     */
    public static DirectoryLock hold(Path directory, String option) {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x--x")));
            FileChannel channel =
                    FileChannel.open(
                            directory.resolve("gantryd.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                String holder = holder(channel);
                channel.close();
                throw new Failure(
                        Failure.Code.ALREADY_EXISTS,
                        "another gantryd%s uses %s: stop it, or give this one another %s"
                                .formatted(holder, directory, option));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)));
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw Failure.of("lock directory " + directory, e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // This very process holds it.
            return null;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(PID_MAX);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return text.matches("[0-9]+") ? " (process " + text + ")" : "";
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Failure.of("unlock a directory", e);
        }
    }
}
