package dev.gantry.runtime.handler;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.model.Failure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an OCI runtime says that it can do (OCI features.md), as far as it decides what is promised
 * to kubelet. What it leaves out it does not have.
 *
 * @param userNamespaces it makes containers in user namespaces
 * @param idMappedMounts it maps the ids of mounts
 * @param recursiveReadOnly it knows the mount option {@code rro}
 */
public record OciFeatures(
        boolean userNamespaces, boolean idMappedMounts, boolean recursiveReadOnly) {
    /** Of a runtime that does not say. */
    public static final OciFeatures NONE = new OciFeatures(false, false, false);

    private static final Logger LOG = LoggerFactory.getLogger(OciFeatures.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int DEPTH = 32;
    private static final int LIMIT = 1 << 16;
    private static final JsonMapper JSON = mapper();

    private static JsonMapper mapper() {
        JsonMapper mapper = new JsonMapper();
        mapper.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEPTH).build());
        return mapper;
    }

    /** Asks the program; one that does not answer, or not in OCI's words, has none of them. */
    public static OciFeatures of(Path program) {
        try {
            return parse(ask(program, DEADLINE));
        } catch (Failure e) {
            LOG.atInfo()
                    .addKeyValue("program", program)
                    .addKeyValue("reason", e.getMessage())
                    .log("an OCI runtime does not tell its features: none is reported for it");
            return NONE;
        }
    }

    /**
     * What the program prints. It is read when the program has ended, so that it can print no more
     * than a pipe holds (64 KiB; runc's are 9 KiB).
     */
    static byte[] ask(Path program, Duration deadline) {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "features");
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            try (InputStream answer = process.getInputStream()) {
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            "%s features did not end within %d ms or prints too much"
                                    .formatted(program, deadline.toMillis()));
                }
                if (process.exitValue() != 0) {
                    throw Failure.precondition(
                            "%s features ends with %d".formatted(program, process.exitValue()));
                }
                return answer.readNBytes(LIMIT);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Failure.of("run " + program + " features", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }

    /** From what {@code features} prints; INVALID_ARGUMENT when that is no features structure. */
    static OciFeatures parse(byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException e) {
            throw new Failure(Failure.Code.INVALID_ARGUMENT, "its features are not JSON", e);
        }
        if (!root.path("ociVersionMax").isTextual()) {
            throw Failure.invalid("its features lack ociVersionMax");
        }
        JsonNode linux = root.path("linux");
        return new OciFeatures(
                lists(linux.path("namespaces"), "user"),
                // Not a boolean: false, as null is.
                linux.path("mountExtensions").path("idmap").path("enabled").booleanValue(),
                lists(root.path("mountOptions"), "rro"));
    }

    private static boolean lists(JsonNode names, String name) {
        return names.isArray()
                && StreamSupport.stream(names.spliterator(), false)
                        .anyMatch(n -> n.isTextual() && n.textValue().equals(name));
    }
}
