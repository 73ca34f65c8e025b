package dev.gantry.imagestore;

import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.model.Platform;
import java.nio.file.Path;

/**
 * How an image store works.
 *
 * @param root the directory that everything is stored below
 * @param platform what is chosen from an image index
 * @param registries how they are reached, and by whose credentials
 * @param storage what is kept on disk, and how much
 * @param layers the form of layers that are unpacked
 * @param pulls how content is fetched, and how often it is tried
 * @param policyFile which images may be pulled (TOML); may be missing
 */
public record ImageStoreSettings(
        Path root,
        Platform platform,
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

    /** This machine's platform, and every other setting's default. */
    public static ImageStoreSettings of(Path root, Path certsDir) {
        return new ImageStoreSettings(
                root,
                Machine.host(),
                RegistryAccess.of(certsDir),
                StoragePolicy.DEFAULT,
                LayerChoice.DIRECTORY,
                PullSettings.DEFAULT,
                POLICY_FILE);
    }

    public ImageStoreSettings withPlatform(Platform other) {
        return new ImageStoreSettings(root, other, registries, storage, layers, pulls, policyFile);
    }

    public ImageStoreSettings withRegistries(RegistryAccess other) {
        return new ImageStoreSettings(root, platform, other, storage, layers, pulls, policyFile);
    }

    public ImageStoreSettings withStorage(StoragePolicy other) {
        return new ImageStoreSettings(root, platform, registries, other, layers, pulls, policyFile);
    }

    public ImageStoreSettings withLayers(LayerChoice other) {
        return new ImageStoreSettings(
                root, platform, registries, storage, other, pulls, policyFile);
    }

    public ImageStoreSettings withPulls(PullSettings other) {
        return new ImageStoreSettings(
                root, platform, registries, storage, layers, other, policyFile);
    }

    public ImageStoreSettings withPolicyFile(Path other) {
        return new ImageStoreSettings(root, platform, registries, storage, layers, pulls, other);
    }
}
