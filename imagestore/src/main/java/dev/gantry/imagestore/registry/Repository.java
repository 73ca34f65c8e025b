package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.registry.RegistryHost.Capability;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * One repository of a registry, as one pull sees it. Each question goes to the hosts in their order
 * until one answers; a host that could not be reached is asked last from then on.
 */
public final class Repository {
    /** What another host may still be able to answer. */
    private static final Set<Failure.Code> NEXT_HOST =
            EnumSet.of(
                    Failure.Code.NOT_FOUND,
                    Failure.Code.UNAUTHENTICATED,
                    Failure.Code.PERMISSION_DENIED,
                    Failure.Code.RESOURCE_EXHAUSTED,
                    Failure.Code.UNAVAILABLE,
                    Failure.Code.DEADLINE_EXCEEDED,
                    Failure.Code.DATA_LOSS,
                    Failure.Code.UNKNOWN);

    private final HostConnection connection;
    private final Documents documents;
    private final ImageReference reference;
    private final List<RegistryHost> hosts;
    private final Set<RegistryHost> unreachable = ConcurrentHashMap.newKeySet();
    private final Map<Digest, Set<RegistryHost>> senders = new ConcurrentHashMap<>();

    Repository(HostConnection connection, ImageReference reference, List<RegistryHost> hosts) {
        this.connection = connection;
        this.documents = new Documents(connection);
        this.reference = reference;
        this.hosts = hosts;
    }

    /**
     * Reads a blob's stream; may be called again when a host's stream was not what it should be.
     */
    public interface BlobReader {
        void read(InputStream stream) throws IOException;
    }

    /**
     * Takes bytes of a blob, from whichever host sends them; asked again what is still wanted when
     * one host's stream broke.
     */
    public interface PartReader {
        /** The first byte that is still wanted. */
        long from();

        /** The byte after the last that is wanted. */
        long to();

        /**
         * Reads a host's stream.
         *
         * @param at which byte of the blob the stream begins with: {@link #from}, or 0 from a host
         *     that knows no ranges and sends the whole blob
         * @param partial whether the host answered with the range that was asked for
         */
        void read(InputStream stream, long at, boolean partial) throws IOException;
    }

    /** What the reference means now: its digest, or what the registry says its tag points to. */
    public Digest resolve() {
        String name =
                reference
                        .digest()
                        .map(Digest::toString)
                        .orElseGet(() -> reference.tag().orElseThrow());
        Capability needed = reference.digest().isPresent() ? Capability.PULL : Capability.RESOLVE;
        return first(needed, host -> resolve(host, name));
    }

    private Digest resolve(RegistryHost host, String name) {
        String path = "manifests/" + name;
        try (Response head = connection.ask(host, "HEAD", path, MediaTypes.ACCEPTED)) {
            if (head.ok() && reference.digest().isPresent()) {
                return reference.digest().get();
            }
            Optional<Digest> digest = announced(head);
            if (head.ok() && digest.isPresent()) {
                return digest.get();
            }
        }
        // No digest header, or an error, whose reason only the answer to GET carries.
        return documents.get(host, name, reference.digest()).digest();
    }

    private static Optional<Digest> announced(Response response) {
        try {
            return Optional.of(Digest.parse(response.header("Docker-Content-Digest")));
        } catch (Failure e) {
            return Optional.empty(); // None, or not one: the body will tell.
        }
    }

    /** Fetches a manifest or an index by its digest. */
    public Document manifest(Digest digest) {
        return first(
                Capability.PULL,
                host -> documents.get(host, digest.toString(), Optional.of(digest)));
    }

    /**
     * What refers to a manifest, which need not be there itself; from the first host that says.
     *
     * @param artifactType only those of a type
     */
    public List<Referrer> referrers(Digest subject, Optional<String> artifactType) {
        return first(
                Capability.REFERRERS,
                host ->
                        new ReferrersList(connection, reference.repository())
                                .read(host, subject, artifactType));
    }

    /**
     * Streams a blob of a known size to the reader, which has to verify the digest. A stream of
     * another size is DATA_LOSS or, when the connection broke, UNAVAILABLE.
     */
    public void blob(Digest digest, long size, BlobReader reader) {
        first(
                Capability.PULL,
                host -> {
                    blob(host, digest, size, reader);
                    return digest;
                });
    }

    /**
     * Streams a part of a blob of a known size (RFC 9110, 14.2); the whole is asked for without a
     * range. What is read has to be verified by the reader, once it is whole.
     */
    public void range(Digest digest, long size, PartReader reader) {
        first(
                Capability.PULL,
                host -> {
                    senders.computeIfAbsent(digest, _ -> ConcurrentHashMap.newKeySet()).add(host);
                    range(host, digest, size, reader);
                    return digest;
                });
    }

    /**
     * What was read of a blob by {@link #range} is not what its digest says: the hosts that may
     * have sent it are asked last from now on. Answers the requests to blame.
     */
    public String distrust(Digest digest) {
        Set<RegistryHost> blamed = senders.remove(digest);
        if (blamed == null) {
            return "what was here of blob " + digest;
        }
        unreachable.addAll(blamed);
        return blamed.stream()
                .map(host -> what(host, "GET", "blobs/" + digest))
                .sorted()
                .collect(Collectors.joining(" or "));
    }

    private void blob(RegistryHost host, Digest digest, long size, BlobReader reader) {
        range(
                host,
                digest,
                size,
                new PartReader() {
                    @Override
                    public long from() {
                        return 0;
                    }

                    @Override
                    public long to() {
                        return size;
                    }

                    @Override
                    public void read(InputStream stream, long at, boolean partial)
                            throws IOException {
                        reader.read(stream);
                    }
                });
    }

    private void range(RegistryHost host, Digest digest, long size, PartReader reader) {
        String path = "blobs/" + digest;
        String what = what(host, "GET", path);
        long from = reader.from();
        long to = reader.to();
        boolean whole = from == 0 && to == size;
        Optional<String> range =
                whole ? Optional.empty() : Optional.of("bytes=%d-%d".formatted(from, to - 1));
        try (Response response = connection.ask(host, "GET", path, List.of(), range)) {
            if (!response.ok()) {
                throw RegistryErrors.of(what, response, response.sentAs());
            }
            boolean partial = BlobAnswers.check(what, response, from, to, size);
            reader.read(
                    new NetworkStream(response.body(), what), partial ? from : 0, partial || whole);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "cannot store what " + what + " sent: " + e.getMessage(),
                    e);
        } catch (Failure e) {
            throw e.code() == Failure.Code.DATA_LOSS && !e.message().startsWith(what)
                    ? e.during(what)
                    : e;
        }
    }

    /** One host's attempt. */
    private interface Attempt<T> {
        T with(RegistryHost host);
    }

    private <T> T first(Capability needed, Attempt<T> attempt) {
        List<Failure> failures = new ArrayList<>();
        List<RegistryHost> order =
                hosts.stream()
                        .filter(host -> host.capabilities().contains(needed))
                        .sorted(Comparator.comparing(unreachable::contains))
                        .toList();
        for (RegistryHost host : order) {
            try {
                return attempt.with(host);
            } catch (Failure e) {
                if (!NEXT_HOST.contains(e.code())) {
                    throw e;
                }
                if (e.code() == Failure.Code.UNAVAILABLE
                        || e.code() == Failure.Code.DEADLINE_EXCEEDED) {
                    unreachable.add(host);
                }
                failures.add(e);
            }
        }
        throw combined(needed, failures);
    }

    /** The last host's code counts: that is the registry itself, the others mirror it. */
    private Failure combined(Capability needed, List<Failure> failures) {
        if (failures.isEmpty()) {
            return Failure.precondition(
                    "no host of registry %s has the capability %s; see its hosts.toml"
                            .formatted(reference.registry(), needed));
        }
        Failure last = failures.getLast();
        if (failures.size() == 1) {
            return last;
        }
        String lines =
                failures.stream()
                        .map(failure -> "\n  " + failure.message().replace('\n', ' '))
                        .collect(Collectors.joining());
        Failure all =
                new Failure(
                        last.code(),
                        "%d hosts of registry %s were asked:%s"
                                .formatted(failures.size(), reference.registry(), lines),
                        last);
        failures.subList(0, failures.size() - 1).forEach(all::addSuppressed);
        return all;
    }

    private String what(RegistryHost host, String method, String path) {
        return "%s %s/%s/%s".formatted(method, host.base(), reference.repository(), path);
    }

    /** Tells the network's errors from those of whoever reads. */
    private static final class NetworkStream extends FilterInputStream {
        private final String what;

        NetworkStream(InputStream in, String what) {
            super(in);
            this.what = what;
        }

        @Override
        public int read() {
            try {
                return super.read();
            } catch (IOException e) {
                throw NetworkErrors.of(what, e);
            }
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            try {
                return super.read(into, offset, length);
            } catch (IOException e) {
                throw NetworkErrors.of(what, e);
            }
        }
    }
}
