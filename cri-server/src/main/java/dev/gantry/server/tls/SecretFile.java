package dev.gantry.server.tls;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A file that nobody but its owner may look at, such as a private key. */
public final class SecretFile {
    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private SecretFile() {}

    /** FAILED_PRECONDITION, with what to do, when others may use the file or change it. */
    public static void check(Path file) {
        Set<PosixFilePermission> mode;
        try {
            mode = Files.getPosixFilePermissions(file);
        } catch (IOException e) {
            throw Failure.invalid("read the mode of the private key " + file + ": " + e);
        }
        if (!OWNERS.containsAll(mode)) {
            throw Failure.precondition(
                    "private key %s has mode %s, which lets others than its owner use it: chmod 600 %s"
                            .formatted(file, PosixFilePermissions.toString(mode), file));
        }
    }
}
