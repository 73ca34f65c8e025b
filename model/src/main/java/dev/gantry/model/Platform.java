package dev.gantry.model;

import java.util.List;

/**
 * An operating system, an architecture and its variant, in Go's words as OCI image indexes use
 * them: linux, arm64, v8.
 *
 * @param osVersion of the operating system that is asked for; mostly empty
 * @param osFeatures what the operating system must have beside that
 */
public record Platform(
        String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
    public Platform {
        osFeatures = List.copyOf(osFeatures);
    }

    /** One of any version and without features. */
    public Platform(String os, String architecture, String variant) {
        this(os, architecture, variant, "", List.of());
    }

    /** The platform of this machine, without the variant of its processor. */
    public static Platform host() {
        String arch = System.getProperty("os.arch", "");
        return switch (arch) {
            case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
            case "aarch64" -> new Platform("linux", "arm64", "v8");
            default -> new Platform("linux", arch, "");
        };
    }

    public Platform withVariant(String other) {
        return new Platform(os, architecture, other, osVersion, osFeatures);
    }

    @Override
    public String toString() {
        return os
                + "/"
                + architecture
                + (variant.isEmpty() ? "" : "/" + variant)
                + (osVersion.isEmpty() ? "" : " " + osVersion)
                + (osFeatures.isEmpty() ? "" : " with " + String.join(", ", osFeatures));
    }
}
