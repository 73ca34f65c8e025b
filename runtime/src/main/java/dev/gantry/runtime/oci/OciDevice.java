package dev.gantry.runtime.oci;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A device node in a container (OCI config, {@code linux.devices}); the type is {@code c}, {@code
 * b} or {@code p}.
 */
public record OciDevice(
        String path,
        String type,
        long major,
        long minor,
        OptionalInt fileMode,
        OptionalLong uid,
        OptionalLong gid) {
    public static OciDevice character(String path, long major, long minor) {
        return new OciDevice(
                path,
                "c",
                major,
                minor,
                OptionalInt.of(0666),
                OptionalLong.of(0),
                OptionalLong.of(0));
    }
}
