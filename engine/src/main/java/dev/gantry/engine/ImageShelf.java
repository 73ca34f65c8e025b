package dev.gantry.engine;

import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.CheckEvent;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.imagestore.ImageUsage;
import dev.gantry.imagestore.LoadedImage;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.StoredImage;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What people do with images, and the engine does not need; {@link
 * dev.gantry.imagestore.ImageStore} says what each does.
 */
public interface ImageShelf {
    Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PullProgress> listener);

    Digest push(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PushProgress> listener);

    List<ImageReferrer> referrers(String nameOrId);

    CheckResult check(boolean repair, Consumer<CheckEvent> listener);

    List<LoadedImage> load(InputStream archive);

    void save(List<String> namesOrIds, ArchiveFormat format, OutputStream to);

    void tag(String nameOrId, ImageReference tag);

    void pin(String nameOrId, boolean pinned);

    void keep(String nameOrId);

    Set<Digest> kept();

    List<ImageUsage> imagesUsage();

    ImageUsage usage(String nameOrId);

    StoredImage stored(String nameOrId);

    void login(String registry, RegistryCredentials credentials);

    Image commit(String containerId, Digest below, ImageRequest request);

    Image importLayer(InputStream archive, ImageRequest request);
}
