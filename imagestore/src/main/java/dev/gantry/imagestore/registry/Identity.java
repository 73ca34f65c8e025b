package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryCredentials;
import java.util.Optional;

/**
 * As whom a host is asked.
 *
 * @param origin where the credentials come from, for errors; empty for those of the caller
 */
record Identity(Optional<RegistryCredentials> credentials, String origin) {
    static final Identity NOBODY = new Identity(Optional.empty(), "");

    static Identity of(RegistryCredentials credentials, String origin) {
        return new Identity(Optional.of(credentials), origin);
    }

    /** Who that is, for errors: no secret. */
    String words() {
        String from = origin.isEmpty() ? "" : " of " + origin;
        return credentials.map(Identity::who).map(who -> who + from).orElse("anonymous");
    }

    /** The same as a phrase: {@code anonymous} or {@code as …}. */
    String phrase() {
        return credentials.isPresent() ? "as " + words() : "anonymous";
    }

    private static String who(RegistryCredentials credentials) {
        if (!credentials.registryToken().isEmpty()) {
            return "the bearer of a registry token";
        }
        if (!credentials.identityToken().isEmpty()) {
            return "the bearer of an identity token";
        }
        String printable = credentials.username().replaceAll("\\p{Cntrl}", "?");
        return "user \"" + printable + "\"";
    }

    @Override
    public String toString() {
        return words();
    }
}
