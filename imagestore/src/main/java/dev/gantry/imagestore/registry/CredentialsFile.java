package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The {@code config.json} of Docker or {@code auth.json} of podman: {@code auths}, {@code
 * credHelpers} and {@code credsStore}. Of several keys that fit a repository the longest counts. At
 * the same length a helper goes before what is written down; the store goes before what is written
 * down for the whole registry. Read anew when it has changed.
 */
final class CredentialsFile {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_BYTES = 4 << 20;
    private static final String DOCKER_HUB = "https://index.docker.io/v1/";

    private final Path file;
    private final CredentialHelper helper;
    private final AtomicReference<@Nullable Contents> last = new AtomicReference<>();

    private record Stamp(FileTime written, long size, @Nullable Object inode) {}

    /** The file as it was read; the maps are by key as written. */
    private record Contents(
            Stamp stamp, Map<String, JsonNode> auths, Map<String, String> helpers, String store) {
        @Override
        public String toString() {
            return "Contents[" + stamp + "]";
        }
    }

    CredentialsFile(Path file, CredentialHelper helper) {
        this.file = file;
        this.helper = helper;
    }

    /**
     * As whom to ask for a repository; nobody when the file does not say.
     *
     * @param server host and port, {@code docker.io} for Docker Hub
     * @throws Failure FAILED_PRECONDITION when the file or a helper cannot be used
     */
    Identity find(String server, String repository) {
        Optional<Contents> read = contents();
        if (read.isEmpty()) {
            return Identity.NOBODY;
        }
        Contents contents = read.get();
        String name = server.toLowerCase(Locale.ROOT) + "/" + repository;
        Optional<String> auth = longest(contents.auths(), name);
        Optional<String> helped = longest(contents.helpers(), name);
        int authLength = auth.map(key -> normal(key).length()).orElse(-1);
        if (helped.isPresent() && normal(helped.get()).length() >= authLength) {
            Optional<RegistryCredentials> found =
                    helper.get(contents.helpers().getOrDefault(helped.get(), ""), helped.get());
            if (found.isPresent()) {
                return Identity.of(
                        found.get(), "docker-credential-" + contents.helpers().get(helped.get()));
            }
        }
        if (!contents.store().isEmpty() && authLength <= canonical(server).length()) {
            Optional<RegistryCredentials> found =
                    helper.get(contents.store(), auth.orElse(storeKey(server)));
            if (found.isPresent()) {
                return Identity.of(found.get(), "docker-credential-" + contents.store());
            }
        }
        return auth.flatMap(key -> credentials(key, contents.auths().get(key)))
                .map(credentials -> Identity.of(credentials, file.toString()))
                .orElse(Identity.NOBODY);
    }

    private static String storeKey(String server) {
        return canonical(server).equals("docker.io") ? DOCKER_HUB : server;
    }

    private static Optional<String> longest(Map<String, ?> keys, String name) {
        return keys.keySet().stream()
                .filter(key -> covers(normal(key), name))
                .max(Comparator.comparingInt(key -> normal(key).length()));
    }

    private static boolean covers(String key, String name) {
        int slash = name.indexOf('/');
        String canonical = canonical(name.substring(0, slash)) + name.substring(slash);
        return !key.isEmpty() && (canonical + "/").startsWith(key + "/");
    }

    /**
     * A key as the beginning of a repository's name. Docker's keys may be URLs, whose path is that
     * of an API; in podman's a path is a namespace or a repository.
     */
    private static String normal(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        String bare = lower.replaceFirst("^https?://", "");
        String host = bare.replaceFirst("/.*$", "");
        boolean url = bare.length() != lower.length() || bare.matches("[^/]*/v[12]/?");
        return canonical(host) + (url ? "" : bare.substring(host.length()).replaceFirst("/+$", ""));
    }

    private static String canonical(String host) {
        return switch (host) {
            case "index.docker.io", "registry-1.docker.io" -> "docker.io";
            default -> host;
        };
    }

    private Optional<RegistryCredentials> credentials(String key, @Nullable JsonNode entry) {
        if (entry == null) {
            return Optional.empty();
        }
        String auth = entry.path("auth").asText();
        RegistryCredentials plain =
                RegistryCredentials.basic(
                        entry.path("username").asText(), entry.path("password").asText());
        if (!auth.isEmpty()) {
            try {
                plain = RegistryCredentials.encoded(auth, "");
            } catch (Failure e) {
                throw unusable("the auth of \"" + key + "\" is not base64 of user:password");
            }
        }
        RegistryCredentials all =
                new RegistryCredentials(
                        plain.username(),
                        plain.password(),
                        entry.path("identitytoken").asText(),
                        entry.path("registrytoken").asText(),
                        "");
        boolean empty =
                all.username().isEmpty()
                        && all.identityToken().isEmpty()
                        && all.registryToken().isEmpty();
        return empty ? Optional.empty() : Optional.of(all);
    }

    private Optional<Contents> contents() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp stamp =
                    new Stamp(
                            attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            Contents known = last.get();
            if (known != null && known.stamp().equals(stamp)) {
                return Optional.of(known);
            }
            if (attributes.size() > MAX_BYTES) {
                throw unusable("it is larger than 4 MiB");
            }
            Contents read = parse(stamp, Files.readAllBytes(file));
            last.set(read);
            return Optional.of(read);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            // The message of the parser would show a piece of the file.
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw unusable("line " + line + " is not valid JSON");
        } catch (IOException e) {
            throw unusable("it cannot be read: " + e.getMessage());
        }
    }

    private Contents parse(Stamp stamp, byte[] text) throws IOException {
        JsonNode root = MAPPER.readTree(text);
        if (root == null || !root.isObject()) {
            throw unusable("it is not a JSON object");
        }
        Map<String, JsonNode> auths = new TreeMap<>();
        section(root, "auths")
                .properties()
                .forEach(
                        entry -> {
                            if (!entry.getValue().isObject()) {
                                throw unusable(
                                        "\"%s\" of auths is not an object"
                                                .formatted(entry.getKey()));
                            }
                            auths.put(entry.getKey(), entry.getValue());
                        });
        Map<String, String> helpers = new TreeMap<>();
        section(root, "credHelpers")
                .properties()
                .forEach(entry -> helpers.put(entry.getKey(), entry.getValue().asText()));
        return new Contents(stamp, auths, helpers, root.path("credsStore").asText());
    }

    private JsonNode section(JsonNode root, String name) {
        JsonNode section = root.path(name);
        if (!section.isMissingNode() && !section.isNull() && !section.isObject()) {
            throw unusable("\"" + name + "\" is not an object");
        }
        return section;
    }

    private Failure unusable(String why) {
        return Failure.precondition(
                "the registry credentials in %s cannot be used: %s".formatted(file, why));
    }
}
