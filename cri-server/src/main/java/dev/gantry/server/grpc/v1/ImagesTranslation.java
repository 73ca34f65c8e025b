package dev.gantry.server.grpc.v1;

import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.Credentials;
import java.util.Optional;

/** From {@code gantry.v1} to the image store's values. */
final class ImagesTranslation {
    private ImagesTranslation() {}

    /** Empty when the message is: then the daemon's configuration decides. */
    static Optional<RegistryCredentials> credentials(Credentials message) {
        if (message.equals(Credentials.getDefaultInstance())) {
            return Optional.empty();
        }
        return Optional.of(
                new RegistryCredentials(
                        message.getUsername(),
                        message.getPassword(),
                        message.getIdentityToken(),
                        message.getRegistryToken(),
                        ""));
    }

    static ArchiveFormat format(dev.gantry.proto.v1.ArchiveFormat format) {
        return switch (format) {
            case ARCHIVE_FORMAT_UNSPECIFIED, ARCHIVE_FORMAT_OCI -> ArchiveFormat.OCI;
            case ARCHIVE_FORMAT_DOCKER -> ArchiveFormat.DOCKER;
            case UNRECOGNIZED -> throw Failure.invalid("format is neither OCI nor Docker");
        };
    }
}
