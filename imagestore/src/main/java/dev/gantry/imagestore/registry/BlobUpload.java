package dev.gantry.imagestore.registry;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends one blob: whole, or in pieces of which a broken one alone is sent again. Where a broken
 * piece ended is the registry's word. An upload that the registry has forgotten begins anew.
 */
final class BlobUpload {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    /** What a registry that wants blobs whole says to a first piece. */
    private static final Set<Integer> NO_PIECES = Set.of(400, 405, 411, 413, 415, 501);

    private final PushTarget target;
    private final Digest digest;
    private final long size;
    private final UploadSource source;
    private final Attempts attempts;
    private final LongConsumer sent;
    private long chunk;

    BlobUpload(
            PushTarget target,
            Digest digest,
            long size,
            UploadSource source,
            long chunk,
            Attempts attempts,
            LongConsumer sent) {
        this.target = target;
        this.digest = digest;
        this.size = size;
        this.source = source;
        this.chunk = chunk == 0 ? Long.MAX_VALUE : chunk;
        this.attempts = attempts;
        this.sent = sent;
    }

    /** Sends, unless the other repository's blob can be mounted. */
    PushTarget.Outcome run(Optional<String> mountFrom) {
        Optional<String> from = mountFrom;
        for (boolean first = true; ; first = false) {
            Optional<URI> session = Optional.empty();
            try {
                if (!first && target.hasBlob(digest)) {
                    return PushTarget.Outcome.SENT; // An answer was lost, not the blob.
                }
                session = from.isPresent() ? mount(from.get()) : Optional.of(start());
                if (session.isEmpty()) {
                    return PushTarget.Outcome.MOUNTED;
                }
                from = Optional.empty();
                send(session.get());
                return PushTarget.Outcome.SENT;
            } catch (Failure e) {
                from = Optional.empty();
                session.ifPresent(this::cancel);
                attempts.again(session.isPresent() ? forgotten(e) : e);
            }
        }
    }

    /** An upload that the registry does not know any more (404) is worth another from its start. */
    private static Failure forgotten(Failure e) {
        boolean unknown = RegistryAnswer.of(e).filter(a -> a.status() == 404).isPresent();
        return unknown ? new Failure(Failure.Code.UNAVAILABLE, e.message()) : e;
    }

    private URI start() {
        Request request = Request.of("POST", target.uri("blobs/uploads/"));
        try (Response response = target.send(request)) {
            if (response.status() != 202) {
                throw target.refused(request, response);
            }
            atLeast(response);
            return next(request, response);
        }
    }

    /** Empty when it is mounted; an upload otherwise, whatever the registry's reason was. */
    private Optional<URI> mount(String from) {
        URI uri = UploadUris.with(target.uri("blobs/uploads/"), "mount", digest.toString());
        Request request = Request.of("POST", UploadUris.with(uri, "from", from));
        try (Response response = target.sendMounting(request, from)) {
            if (response.status() == 201) {
                PushTarget.agrees(request, response, digest);
                return Optional.empty();
            }
            if (response.status() == 202) {
                atLeast(response);
                return Optional.of(next(request, response));
            }
        } catch (Failure e) {
            if (RegistryAnswer.of(e).isEmpty()) {
                throw e;
            }
            // The token server refused the other repository; ours alone may be had.
        }
        return Optional.of(start());
    }

    private void send(URI session) {
        if (size <= chunk) {
            whole(session);
            return;
        }
        Optional<URI> end = pieces(session);
        if (end.isPresent()) {
            commit(end.get(), 0, 0);
        } else {
            // Not twice: what this registry wants will not change during one blob.
            chunk = Long.MAX_VALUE;
            cancel(session);
            whole(start());
        }
    }

    private void whole(URI session) {
        commit(session, 0, size);
    }

    private void commit(URI session, long from, long length) {
        Request request =
                Request.of("PUT", UploadUris.with(session, "digest", digest.toString()))
                        .withHeaders(octets(Map.of()))
                        .withBody(body(from, length, true));
        try (Response response = target.send(request)) {
            if (!response.ok()) {
                throw target.refused(request, response);
            }
            PushTarget.agrees(request, response, digest);
        }
        sent.accept(size);
    }

    /** All but the end of the upload; empty when the registry takes no pieces. */
    private Optional<URI> pieces(URI session) {
        URI at = session;
        long offset = 0;
        while (offset < size) {
            long length = Math.min(chunk, size - offset);
            Request request =
                    Request.of("PATCH", at)
                            .withHeaders(
                                    octets(
                                            Map.of(
                                                    "Content-Range",
                                                    List.of(offset + "-" + (offset + length - 1)))))
                            .withBody(body(offset, length, false));
            Stand stand;
            try (Response response = target.send(request)) {
                if (response.ok()) {
                    OptionalLong reached = reached(response);
                    stand = new Stand(next(request, response), reached.orElse(offset + length));
                } else if (response.status() == 416) {
                    stand = ask(at);
                } else if (offset == 0 && NO_PIECES.contains(response.status())) {
                    return Optional.empty();
                } else {
                    throw target.refused(request, response);
                }
            } catch (Failure e) {
                stand = afterwards(at, e);
            }
            if (stand.offset() > size) {
                throw lost(request, stand.offset());
            }
            if (stand.offset() > offset) {
                attempts.moved();
            } else {
                attempts.again(lost(request, stand.offset()));
            }
            at = stand.next();
            offset = stand.offset();
            sent.accept(offset);
        }
        return Optional.of(at);
    }

    /** How far an upload is, and where it goes on. */
    private record Stand(URI next, long offset) {
        /** The URI may be signed. */
        @Override
        public String toString() {
            return "Stand[offset=" + offset + "]";
        }
    }

    /** Asks where it stands once it is time to try again. */
    private Stand afterwards(URI session, Failure failure) {
        Failure last = failure;
        while (true) {
            attempts.again(last);
            try {
                return ask(session);
            } catch (Failure e) {
                last = e;
            }
        }
    }

    private Stand ask(URI session) {
        Request request = Request.of("GET", session);
        try (Response response = target.send(request)) {
            if (!response.ok()) {
                throw target.refused(request, response);
            }
            return new Stand(next(request, response), reached(response).orElse(0));
        }
    }

    /** The bytes that are there: {@code 0-99} is a hundred; {@code 0-0} is what none looks like. */
    private static OptionalLong reached(Response response) {
        Matcher matcher = RANGE.matcher(response.header("Range").strip());
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long last = Long.parseLong(matcher.group(1));
        return OptionalLong.of(last == 0 ? 0 : last + 1);
    }

    private Request.Body body(long from, long length, boolean commits) {
        return new Request.Body.Content(
                at -> new CountedStream(source.open(at), at, sent), from, length, commits);
    }

    private static Map<String, List<String>> octets(Map<String, List<String>> more) {
        Map<String, List<String>> headers = new java.util.HashMap<>(more);
        headers.put("Content-Type", List.of("application/octet-stream"));
        return headers;
    }

    private void atLeast(Response response) {
        long least = response.headers().firstValueAsLong("OCI-Chunk-Min-Length").orElse(0);
        chunk = Math.max(chunk, least);
    }

    private static URI next(Request request, Response response) {
        return UploadUris.next(request, response);
    }

    private Failure lost(Request request, long offset) {
        return new Failure(
                Failure.Code.UNAVAILABLE,
                "%s: the registry has %d bytes of the %d of %s and takes no more"
                        .formatted(request.what(), offset, size, digest));
    }

    /** So that the registry need not keep it; when that fails it will expire there. */
    private void cancel(URI session) {
        try {
            target.send(Request.of("DELETE", session)).close();
        } catch (Failure e) {
            // Said already, by what failed before.
        }
    }
}
