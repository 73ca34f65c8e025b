package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/**
 * One digest of an image file, which is the same for each image that is made of the same archive
 * above the same layers. The UUID is left out, since each image has its own; the superblock's
 * checksum vouches for it.
 */
public final class ImageSeal {
    private static final int CHUNK = 64 << 10;

    private ImageSeal() {}

    /**
     * The digest of an image that lies alone in a directory, read from the disk.
     *
     * @param read hears how many bytes were read
     * @throws IOException when it cannot be read, begins with no superblock, or is not alone
     */
    public static Digest of(Path directory, String name, LongConsumer read) throws IOException {
        MessageDigest hash = Digests.of("SHA-256");
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            only(root.top(), name);
            try (FileHandle file = root.top().openFile(PathBytes.of(name))) {
                file.dropCache();
                hash.update(superblock(file));
                read.accept(ImageFile.BLOCK);
                for (byte[] part = file.read(CHUNK); part.length > 0; part = file.read(CHUNK)) {
                    hash.update(part);
                    read.accept(part.length);
                }
            }
        }
        return Digest.sha256(hash.digest());
    }

    private static void only(DirectoryHandle directory, String name) throws IOException {
        if (directory.list(2).size() != 1) {
            throw new IOException("there is more beside " + name);
        }
    }

    private static byte[] superblock(FileHandle file) throws IOException {
        byte[] block = file.read(ImageFile.BLOCK);
        if (block.length < ImageFile.BLOCK) {
            throw new IOException("the image has no whole superblock");
        }
        Superblock superblock = new Superblock(block);
        if (!superblock.isSound()) {
            throw new IOException("the image's superblock is not what its checksum says");
        }
        return superblock.withoutIdentity();
    }
}
