package dev.gantry.imagestore;

import dev.gantry.model.Platform;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How an image store works.
 *
 * @param root the directory that everything is stored below
 * @param certsDir registries' {@code <host[:port]>/hosts.toml}; may be missing
 * @param platform what is chosen from an image index
 * @param connectTimeout for a connection to a registry
 * @param readTimeout for a registry's answer to start, and between two pieces of it
 * @param parallelDownloads blobs that are fetched at a time, of all pulls
 * @param parallelUnpacks layers that are unpacked at a time, of all pulls
 * @param registries credentials, their helpers, and how pushes are cut
 * @param storage what is kept on disk, and how much
 * @param layers the form of layers that are unpacked
 * @param pulls how content is fetched, and how often it is tried
 * @param policyFile which images may be pulled (TOML); may be missing
 */
public record ImageStoreSettings(
        Path root,
        Path certsDir,
        Platform platform,
        Duration connectTimeout,
        Duration readTimeout,
        int parallelDownloads,
        int parallelUnpacks,
        RegistryAccess registries,
        StoragePolicy storage,
        LayerChoice layers,
        PullSettings pulls,
        Path policyFile) {
    /** Where the policy is when nobody says. */
    public static final Path POLICY_FILE = Path.of("/etc/gantry/policy.toml");

    public ImageStoreSettings {
        root = root.toAbsolutePath().normalize();
    }

    /** This machine's platform, 15 s to connect, 60 s to read, four downloads at a time. */
    public static ImageStoreSettings of(Path root, Path certsDir) {
        return new ImageStoreSettings(
                root,
                certsDir,
                Platform.host(),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                4,
                Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8),
                RegistryAccess.DEFAULT,
                StoragePolicy.DEFAULT,
                LayerChoice.DIRECTORY,
                PullSettings.DEFAULT,
                POLICY_FILE);
    }

    public ImageStoreSettings withPlatform(Platform other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                other,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                registries,
                storage,
                layers,
                pulls,
                policyFile);
    }

    public ImageStoreSettings withTimeouts(Duration connect, Duration read) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connect,
                read,
                parallelDownloads,
                parallelUnpacks,
                registries,
                storage,
                layers,
                pulls,
                policyFile);
    }

    public ImageStoreSettings withRegistries(RegistryAccess other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                other,
                storage,
                layers,
                pulls,
                policyFile);
    }

    public ImageStoreSettings withStorage(StoragePolicy other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                registries,
                other,
                layers,
                pulls,
                policyFile);
    }

    public ImageStoreSettings withLayers(LayerChoice other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                registries,
                storage,
                other,
                pulls,
                policyFile);
    }

    public ImageStoreSettings withPulls(PullSettings other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                registries,
                storage,
                layers,
                other,
                policyFile);
    }

    public ImageStoreSettings withPolicyFile(Path other) {
        return new ImageStoreSettings(
                root,
                certsDir,
                platform,
                connectTimeout,
                readTimeout,
                parallelDownloads,
                parallelUnpacks,
                registries,
                storage,
                layers,
                pulls,
                other);
    }
}
