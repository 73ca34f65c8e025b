package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.registry.RegistryHost.Capability;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * One repository that content is pushed to (OCI distribution specification, "Push"). All of a push
 * goes to one host: the first with the capability. Safe for many threads.
 */
public final class PushTarget {
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);

    private final HostConnection connection;
    private final RegistryHost host;
    private final ImageReference reference;
    private final long chunk;

    /** How a blob came to be there. */
    public enum Outcome {
        EXISTS,
        MOUNTED,
        SENT
    }

    /**
     * @param chunk bytes that one request carries, 0 for all
     */
    PushTarget(
            HostConnection connection,
            List<RegistryHost> hosts,
            ImageReference reference,
            long chunk) {
        this.connection = connection;
        this.reference = reference;
        this.chunk = chunk;
        this.host =
                hosts.stream()
                        .filter(h -> h.capabilities().contains(Capability.PUSH))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "no host of registry %s has the capability push; see its hosts.toml"
                                                        .formatted(reference.registry())));
    }

    /** Whether the blob is there already. */
    public boolean hasBlob(Digest digest) {
        return exists("blobs/" + digest, List.of());
    }

    /** Whether the manifest or index is there already. */
    public boolean hasManifest(Digest digest) {
        return exists("manifests/" + digest, MediaTypes.ACCEPTED);
    }

    private boolean exists(String path, List<String> accept) {
        URI uri = connection.uri(host, path);
        Request head = Request.of("HEAD", uri);
        Request request = accept.isEmpty() ? head : head.withHeaders(Map.of("Accept", accept));
        Attempts attempts = new Attempts(FIRST_WAIT);
        while (true) {
            try (Response response = send(request)) {
                if (response.ok()) {
                    return true;
                }
                if (response.status() == 404) {
                    return false;
                }
                throw refused(request, response);
            } catch (Failure e) {
                attempts.again(e);
            }
        }
    }

    /**
     * Makes a blob be there: not at all when it is, from another repository of the registry when
     * that has it, or by sending it, which goes on where a connection broke.
     *
     * @param mountFrom a repository of the same registry that should have it
     * @param sent hears how many bytes of it have been sent
     */
    public Outcome blob(
            Digest digest,
            long size,
            UploadSource source,
            Optional<String> mountFrom,
            LongConsumer sent) {
        if (hasBlob(digest)) {
            return Outcome.EXISTS;
        }
        return new BlobUpload(this, digest, size, source, chunk, new Attempts(FIRST_WAIT), sent)
                .run(mountFrom);
    }

    /**
     * Puts a manifest or an index, byte for byte, under a tag or its digest, once all that it names
     * is there. One with a subject becomes one of its referrers, whether the registry has such
     * lists or not.
     */
    public void manifest(String name, Digest digest, String mediaType, byte[] body) {
        Optional<Digest> subject = Referrer.subject(body, "manifest " + digest);
        Optional<String> seen = put(name, digest, mediaType, body);
        if (subject.isPresent()
                && !seen.equals(subject.map(Digest::toString))
                && !lists(subject.get(), digest)) {
            new ReferrersTag(this, subject.get()).add(Referrer.of(digest, mediaType, body));
        }
    }

    private boolean lists(Digest subject, Digest manifest) {
        return new ReferrersList(connection, reference.repository()).lists(host, subject, manifest);
    }

    /** Puts a document and returns the subject that the registry has noticed. */
    Optional<String> put(String name, Digest digest, String mediaType, byte[] body) {
        Request request =
                Request.of("PUT", connection.uri(host, "manifests/" + name))
                        .withHeaders(Map.of("Content-Type", List.of(mediaType)))
                        .withBody(content(body));
        Attempts attempts = new Attempts(FIRST_WAIT);
        while (true) {
            try (Response response = send(request)) {
                if (!response.ok()) {
                    throw refused(request, response);
                }
                agrees(request, response, digest);
                return response.headers().firstValue("OCI-Subject");
            } catch (Failure e) {
                attempts.again(e); // The same bytes under the same name: once more does no harm.
            }
        }
    }

    /** A document by its tag; empty when there is none. */
    Optional<Document> document(String tag) {
        return new Documents(connection).find(host, tag);
    }

    private static Request.Body content(byte[] body) {
        return new Request.Body.Content(
                from -> new ByteArrayInputStream(body, (int) from, body.length - (int) from),
                0,
                body.length,
                true);
    }

    /** A URI below the repository. */
    URI uri(String path) {
        return connection.uri(host, path);
    }

    Response send(Request request) {
        return connection.send(host, request, Access.push(reference.repository()));
    }

    /** For a request that also reads another repository. */
    Response sendMounting(Request request, String from) {
        return connection.send(
                host, request, Access.push(reference.repository()).mounting(Set.of(from)));
    }

    Failure refused(Request request, Response response) {
        return RegistryErrors.of(request.what(), response, response.sentAs());
    }

    /** What the registry says it has is what it was sent. */
    static void agrees(Request request, Response response, Digest digest) {
        String said = response.header("Docker-Content-Digest");
        if (said.startsWith(digest.algorithm() + ":") && !said.equals(digest.toString())) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "%s was sent %s and says that it has %s"
                            .formatted(request.what(), digest, RegistryErrors.clean(said)));
        }
    }
}
