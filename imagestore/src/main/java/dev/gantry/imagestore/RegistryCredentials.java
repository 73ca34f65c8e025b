package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a registry is shown (CRI AuthConfig); empty text where not given. {@code identityToken} is
 * an OAuth 2 refresh token, {@code registryToken} a bearer token that goes to the registry as it
 * is. {@code serverAddress}, when given, names the only registry that may see them. The text form
 * holds no secret.
 */
public record RegistryCredentials(
        String username,
        String password,
        String identityToken,
        String registryToken,
        String serverAddress) {
    /** A user name and a password, for whichever registry the image names. */
    public static RegistryCredentials basic(String username, String password) {
        return new RegistryCredentials(username, password, "", "", "");
    }

    /** The {@code auth} of a docker configuration: base64 of {@code user:password}. */
    public static RegistryCredentials encoded(String auth, String serverAddress) {
        String plain;
        try {
            plain = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "the auth of the registry credentials is not base64",
                    e);
        }
        int colon = plain.indexOf(':');
        if (colon < 0) {
            throw Failure.invalid(
                    "the auth of the registry credentials is not base64 of user:password");
        }
        // docker pads the password with NUL bytes.
        String password = plain.substring(colon + 1).replaceAll("\0+$", "");
        return new RegistryCredentials(plain.substring(0, colon), password, "", "", serverAddress);
    }

    public boolean hasPassword() {
        return !username.isEmpty();
    }

    @Override
    public String toString() {
        return "RegistryCredentials[for=" + (username.isEmpty() ? "token" : username) + "]";
    }
}
