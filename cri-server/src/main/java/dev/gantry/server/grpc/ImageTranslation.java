package dev.gantry.server.grpc;

import dev.gantry.engine.Container;
import dev.gantry.engine.ImageRoom;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.proto.cri.v1.AuthConfig;
import dev.gantry.proto.cri.v1.FilesystemUsage;
import dev.gantry.proto.cri.v1.Image;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.Int64Value;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Images, registry credentials and what is on disk. */
final class ImageTranslation {
    private ImageTranslation() {}

    /**
     * CRI's image.
     *
     * @param pinned ids of images that are shown as pinned, whatever the store says
     */
    static Image image(dev.gantry.imagestore.Image in, Set<Digest> pinned) {
        Image.Builder out =
                Image.newBuilder()
                        .setId(in.id().toString())
                        .addAllRepoDigests(in.repoDigests())
                        .setSize(in.size())
                        .setPinned(in.pinned() || pinned.contains(in.id()));
        in.tags().stream().map(ImageReference::toString).forEach(out::addRepoTags);
        user(out, in.config().user());
        return out.build();
    }

    /** {@code user[:group]}; CRI has the user alone, as a number or as a name. */
    private static void user(Image.Builder out, String user) {
        String name = user.split(":", 2)[0];
        if (name.isEmpty()) {
            return;
        }
        if (name.matches("[0-9]{1,10}")) {
            out.setUid(Int64Value.newBuilder().setValue(Long.parseLong(name)));
        } else {
            out.setUsername(name);
        }
    }

    /** What an image is called: its first tag, else its first digest, else its id. */
    static String name(dev.gantry.imagestore.Image in) {
        if (!in.tags().isEmpty()) {
            return in.tags().getFirst().toString();
        }
        return in.repoDigests().isEmpty() ? in.id().toString() : in.repoDigests().getFirst();
    }

    /** What a container's image is called now; as it was asked for when the image is gone. */
    static String name(Container in, ImageRoom images) {
        return images.find(in.imageId().toString())
                .map(ImageTranslation::name)
                .orElse(in.config().image());
    }

    /** The text that names an image; INVALID_ARGUMENT when there is none. */
    static String required(ImageSpec in) {
        if (in.getImage().isEmpty()) {
            throw Failure.invalid("the request names no image");
        }
        return in.getImage();
    }

    /** Empty when the caller gave nothing. A lone {@code auth} is base64 of user:password. */
    static Optional<RegistryCredentials> credentials(AuthConfig in) {
        boolean lone = in.getUsername().isEmpty() && !in.getAuth().isEmpty();
        if (lone && in.getIdentityToken().isEmpty() && in.getRegistryToken().isEmpty()) {
            return Optional.of(RegistryCredentials.encoded(in.getAuth(), in.getServerAddress()));
        }
        RegistryCredentials given =
                new RegistryCredentials(
                        in.getUsername(),
                        in.getPassword(),
                        in.getIdentityToken(),
                        in.getRegistryToken(),
                        in.getServerAddress());
        boolean nothing =
                given.username().isEmpty()
                        && given.identityToken().isEmpty()
                        && given.registryToken().isEmpty();
        return nothing ? Optional.empty() : Optional.of(given);
    }

    static FilesystemUsage usage(DiskUsage.Entry in, Instant at) {
        return StatsTranslation.disk(at, in.root().toString(), in.bytes(), in.inodes());
    }
}
