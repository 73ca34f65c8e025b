package dev.gantry.model;

/**
 * An operating system, an architecture and its variant, in Go's words as OCI image indexes use
 * them: linux, arm64, v8.
 */
public record Platform(String os, String architecture, String variant) {
    /** The platform of this machine. */
    public static Platform host() {
        String arch = System.getProperty("os.arch", "");
        return switch (arch) {
            case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
            case "aarch64" -> new Platform("linux", "arm64", "v8");
            default -> new Platform("linux", arch, "");
        };
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
