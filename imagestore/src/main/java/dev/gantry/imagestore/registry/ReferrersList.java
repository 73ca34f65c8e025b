package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what refers to a manifest: the registry's own list, page by page, or the index under the
 * fallback tag where the registry keeps no lists.
 */
final class ReferrersList {
    private static final int MAX_PAGES = 64;
    private static final int MAX_ENTRIES = 4096;
    private static final Pattern NEXT =
            Pattern.compile("<([^>]{1,2048})>\\s*;[^,]*\\brel=\"?next\"?");

    /** What registries without lists answer. */
    private static final Set<Integer> NO_LISTS = Set.of(400, 404, 405, 501);

    private final HostConnection connection;
    private final String repository;

    ReferrersList(HostConnection connection, String repository) {
        this.connection = connection;
        this.repository = repository;
    }

    List<Referrer> read(RegistryHost host, Digest subject, Optional<String> artifactType) {
        URI uri = connection.uri(host, "referrers/" + subject);
        Optional<URI> next =
                Optional.of(
                        artifactType
                                .map(type -> UploadUris.with(uri, "artifactType", type))
                                .orElse(uri));
        List<Referrer> all = new ArrayList<>();
        for (int page = 0; next.isPresent(); page++) {
            if (page == MAX_PAGES) {
                throw tooMany(subject);
            }
            Request request =
                    Request.of("GET", next.get())
                            .withHeaders(Map.of("Accept", List.of(MediaTypes.OCI_INDEX)));
            try (Response response = connection.send(host, request, Access.pull(repository))) {
                if (page == 0 && NO_LISTS.contains(response.status())) {
                    return filter(fallback(host, subject), artifactType);
                }
                if (!response.ok()) {
                    throw RegistryErrors.of(request.what(), response, response.sentAs());
                }
                Document document = Documents.read(request.what(), response, Optional.empty());
                add(all, document, request.what(), subject);
                next = next(host, request, response);
            }
        }
        return filter(all, artifactType);
    }

    /** Whether the registry itself lists a manifest; only the first page is looked at. */
    boolean lists(RegistryHost host, Digest subject, Digest manifest) {
        URI uri = connection.uri(host, "referrers/" + subject);
        Request request =
                Request.of("GET", uri).withHeaders(Map.of("Accept", List.of(MediaTypes.OCI_INDEX)));
        try (Response response = connection.send(host, request, Access.pull(repository))) {
            if (!response.ok()) {
                return false;
            }
            List<Referrer> all = new ArrayList<>();
            Document document = Documents.read(request.what(), response, Optional.empty());
            add(all, document, request.what(), subject);
            return all.stream().anyMatch(r -> r.manifest().digest().equals(manifest));
        }
    }

    private List<Referrer> fallback(RegistryHost host, Digest subject) {
        String tag = ReferrersTag.name(subject);
        List<Referrer> all = new ArrayList<>();
        new Documents(connection)
                .find(host, tag)
                .ifPresent(document -> add(all, document, "the list of referrers " + tag, subject));
        return all;
    }

    private static void add(List<Referrer> to, Document document, String what, Digest subject) {
        try {
            for (JsonNode entry : Json.array(Json.object(document.body(), what), "manifests")) {
                if (to.size() == MAX_ENTRIES) {
                    throw tooMany(subject);
                }
                to.add(Referrer.parse(entry));
            }
        } catch (Failure e) {
            throw e.message().startsWith(what) ? e : e.during(what);
        }
    }

    /** A registry may have filtered by type and need not have. */
    private static List<Referrer> filter(List<Referrer> all, Optional<String> artifactType) {
        return all.stream()
                .filter(r -> artifactType.isEmpty() || artifactType.get().equals(r.artifactType()))
                .toList();
    }

    private static Optional<URI> next(RegistryHost host, Request request, Response response) {
        for (String link : response.headers().allValues("Link")) {
            Matcher matcher = NEXT.matcher(link);
            if (matcher.find()) {
                URI next;
                try {
                    next = request.uri().resolve(matcher.group(1));
                } catch (IllegalArgumentException e) {
                    throw new Failure(
                            Failure.Code.DATA_LOSS, request.what() + " links to what is no URL", e);
                }
                if (next.getHost() == null || !Transport.sameOrigin(next, host.base())) {
                    throw new Failure(
                            Failure.Code.DATA_LOSS, request.what() + " links to another host");
                }
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    private static Failure tooMany(Digest subject) {
        return new Failure(
                Failure.Code.RESOURCE_EXHAUSTED,
                "%s has more than %d referrers".formatted(subject, MAX_ENTRIES));
    }
}
