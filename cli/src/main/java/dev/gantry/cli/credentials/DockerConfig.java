package dev.gantry.cli.credentials;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.connect.Places;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.cli.run.Reasons;
import dev.gantry.proto.v1.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Docker's {@code config.json}, as far as it is about credentials: {@code auths}, {@code
 * credsStore} and {@code credHelpers}. All else in it stays as it is.
 */
public final class DockerConfig {
    private static final FileAttribute<?> OWN =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Map<String, @Nullable Object> members;

    private DockerConfig(Path file, Map<String, @Nullable Object> members) {
        this.file = file;
        this.members = members;
    }

    /** The user's: in DOCKER_CONFIG, or {@code ~/.docker}. */
    public static DockerConfig of(Places places) {
        Path directory =
                places.variable("DOCKER_CONFIG")
                        .map(Path::of)
                        .orElseGet(
                                () -> Path.of(places.variable("HOME").orElse("/root"), ".docker"));
        Path file = directory.resolve("config.json");
        if (!Files.exists(file)) {
            return new DockerConfig(file, new LinkedHashMap<>());
        }
        try {
            return new DockerConfig(
                    file,
                    new LinkedHashMap<>(
                            JsonReader.object(JsonReader.read(Files.readString(file)))));
        } catch (IOException e) {
            throw new CliFailure(file + ": cannot be read: " + Reasons.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(
                    file + ": " + e.getMessage() + "; correct it, or move it away and log in again",
                    e);
        }
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    /** What to show to the registry of an image; empty credentials when nothing is kept. */
    public Credentials forImage(String reference) {
        return find(Registries.ofImage(reference)).orElse(Credentials.getDefaultInstance());
    }

    /** What is kept for a host. */
    public Optional<Credentials> find(String host) {
        Optional<Helper> helper = helper(host);
        if (helper.isPresent()) {
            return helper.get().get(Registries.key(host));
        }
        for (Map.Entry<String, @Nullable Object> entry : object("auths").entrySet()) {
            if (Registries.host(entry.getKey()).equals(host)) {
                return credentials(entry.getKey(), JsonReader.object(entry.getValue()));
            }
        }
        return Optional.empty();
    }

    /** Keeps credentials; returns whether they are in the file itself, which hides nothing. */
    public boolean store(String host, Credentials credentials) {
        String key = Registries.key(host);
        Optional<Helper> helper = helper(host);
        if (helper.isPresent()) {
            helper.get().store(key, credentials);
            return false;
        }
        Map<String, @Nullable Object> auths = new LinkedHashMap<>(object("auths"));
        Map<String, Object> entry = new LinkedHashMap<>();
        boolean token = !credentials.getIdentityToken().isEmpty();
        String pair = credentials.getUsername() + ":" + (token ? "" : credentials.getPassword());
        entry.put(
                "auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        if (token) {
            entry.put("identitytoken", credentials.getIdentityToken());
        }
        auths.put(key, entry);
        members.put("auths", auths);
        save();
        return true;
    }

    /** Forgets a host; returns whether anything was kept. */
    public boolean erase(String host) {
        Optional<Helper> helper = helper(host);
        helper.ifPresent(program -> program.erase(Registries.key(host)));
        Map<String, @Nullable Object> auths = new LinkedHashMap<>(object("auths"));
        boolean kept = auths.keySet().removeIf(key -> Registries.host(key).equals(host));
        if (kept) {
            members.put("auths", auths);
            save();
        }
        return kept || helper.isPresent();
    }

    private Optional<Helper> helper(String host) {
        Map<String, @Nullable Object> helpers = object("credHelpers");
        for (Map.Entry<String, @Nullable Object> entry : helpers.entrySet()) {
            if (Registries.host(entry.getKey()).equals(host)
                    && entry.getValue() instanceof String name) {
                return Optional.of(new Helper(name));
            }
        }
        return members.get("credsStore") instanceof String name && !name.isEmpty()
                ? Optional.of(new Helper(name))
                : Optional.empty();
    }

    private Map<String, @Nullable Object> object(String name) {
        return JsonReader.object(members.get(name));
    }

    private Optional<Credentials> credentials(String key, Map<String, @Nullable Object> entry) {
        Credentials.Builder credentials = Credentials.newBuilder();
        if (entry.get("identitytoken") instanceof String token) {
            credentials.setIdentityToken(token);
        }
        if (entry.get("registrytoken") instanceof String token) {
            credentials.setRegistryToken(token);
        }
        if (entry.get("auth") instanceof String auth && !auth.isEmpty()) {
            String pair;
            try {
                pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new CliFailure(
                        "%s: auths, %s: \"auth\" is not base64; log in again".formatted(file, key),
                        e);
            }
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new CliFailure(
                        "%s: auths, %s: \"auth\" is not USER:PASSWORD; log in again"
                                .formatted(file, key));
            }
            credentials
                    .setUsername(pair.substring(0, colon))
                    .setPassword(pair.substring(colon + 1));
        }
        Credentials found = credentials.build();
        return found.equals(Credentials.getDefaultInstance())
                ? Optional.empty()
                : Optional.of(found);
    }

    private void save() {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path target = Files.exists(file) ? file.toRealPath() : file;
            Path temporary =
                    Files.createTempFile(
                            target.toAbsolutePath().getParent(), "config", ".json", OWN);
            try {
                Files.writeString(temporary, Json.pretty(members) + "\n");
                Files.move(
                        temporary,
                        target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new CliFailure(file + ": cannot be written: " + Reasons.of(e), e);
        }
    }
}
