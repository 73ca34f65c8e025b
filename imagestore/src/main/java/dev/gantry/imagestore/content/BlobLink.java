package dev.gantry.imagestore.content;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;

/** A blob under one more name: a hard link, or a copy where the file system has no more of them. */
final class BlobLink {
    private static final int COPY_BYTES = 256 << 10;

    /** Between two file systems or subvolumes, one that has none, and too many of one file. */
    private static final Set<Integer> NO_LINKS = Set.of(Errno.EXDEV, Errno.EPERM, Errno.EMLINK);

    private BlobLink() {}

    static void make(Path blob, DirectoryHandle to, PathBytes name) throws IOException {
        Path directory = blob.getParent();
        if (directory == null) {
            throw new IOException(blob + " is no blob");
        }
        try (RootedDirectory from = RootedDirectory.open(directory)) {
            to.hardlink(from.top(), PathBytes.of(String.valueOf(blob.getFileName())), name);
        } catch (ErrnoException e) {
            if (!NO_LINKS.contains(e.errno())) {
                throw e;
            }
            copy(blob, to, name);
        }
        to.chmod(name, 0444);
    }

    private static void copy(Path blob, DirectoryHandle to, PathBytes name) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        try (FileChannel in = FileChannel.open(blob);
                FileHandle out = to.createFile(name)) {
            long at = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer.flip(), at);
                buffer.clear();
                at += count;
            }
        }
    }
}
