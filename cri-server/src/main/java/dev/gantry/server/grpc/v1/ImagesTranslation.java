package dev.gantry.server.grpc.v1;

import dev.gantry.imagestore.RegistryCredentials;
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
}
