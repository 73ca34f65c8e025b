package dev.gantry.imagestore.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import dev.gantry.model.ImageConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads an image's configuration (OCI image specification, config; Docker image v1.2). */
public final class ConfigParser {
    /** containerd's and docker's bound for a configuration that is kept in memory. */
    public static final int MAX_BYTES = 8 << 20;

    private ConfigParser() {}

    /**
     * Parses.
     *
     * @param what names the document in errors, e.g. {@code config sha256:…}
     */
    public static ImageConfig parse(byte[] body, String what) {
        try {
            return image(Json.object(body, what));
        } catch (Failure e) {
            throw e.message().startsWith(what) ? e : e.during(what);
        }
    }

    private static ImageConfig image(JsonNode root) {
        JsonNode config = Json.child(root, "config");
        JsonNode rootfs = Json.child(root, "rootfs");
        String type = Json.text(rootfs, "type");
        if (!type.isEmpty() && !type.equals("layers")) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "rootfs is of type \"" + type + "\", not layers");
        }
        List<Digest> diffIds = Json.texts(rootfs, "diff_ids").stream().map(Digest::parse).toList();
        return new ImageConfig(
                DocumentParser.platform(root),
                Json.text(config, "User"),
                Json.texts(config, "Env"),
                Json.texts(config, "Entrypoint"),
                Json.texts(config, "Cmd"),
                Json.text(config, "WorkingDir"),
                Json.text(config, "StopSignal"),
                new HashSet<>(Json.keys(config, "Volumes")),
                new HashSet<>(Json.keys(config, "ExposedPorts")),
                Json.textMap(config, "Labels"),
                diffIds,
                created(Json.text(root, "created")),
                health(config.path("Healthcheck")));
    }

    /** Docker's own, which OCI's specification does not know; durations are nanoseconds. */
    private static HealthConfig health(JsonNode check) {
        return new HealthConfig(
                Json.texts(check, "Test"),
                duration(check, "Interval"),
                duration(check, "Timeout"),
                duration(check, "StartPeriod"),
                duration(check, "StartInterval"),
                Math.max(0, check.path("Retries").asInt(0)));
    }

    private static Duration duration(JsonNode check, String name) {
        return Duration.ofNanos(Math.max(0, check.path(name).asLong(0)));
    }

    /** RFC 3339; what cannot be read is not worth refusing an image for. */
    private static Optional<Instant> created(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
