package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.ReferrerRecords.Stored;
import dev.gantry.imagestore.registry.Document;
import dev.gantry.imagestore.registry.Referrer;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is about an image here: what the registry lists as referrers of its manifest and of
 * the index that led there, and the attestations that BuildKit puts into that index. One level
 * deep: what is about a referrer is not asked for.
 */
final class ReferrerPull {
    private static final Logger LOG = LoggerFactory.getLogger(ReferrerPull.class);

    /** Of one image, and in bytes: anybody who may write to the repository can add to them. */
    static final int MOST = 64;

    static final long MOST_BYTES = 256L << 20;

    private final ContentStore content;
    private final ImageDocuments documents;
    private final ArtifactPull blobs;
    private final Repository repository;
    private final Retries retries;
    private long bytes;

    ReferrerPull(
            ContentStore content,
            ImageDocuments documents,
            ArtifactPull blobs,
            Repository repository,
            Retries retries) {
        this.content = content;
        this.documents = documents;
        this.blobs = blobs;
        this.repository = repository;
        this.retries = retries;
    }

    /** A manifest that may be a referrer, and what it is said to be about. */
    private record Candidate(Descriptor manifest, Digest subject, boolean attestation) {}

    /**
     * All of them, in the content store; the hold keeps them.
     *
     * @param resolved what the image's name means: its manifest, or an index
     */
    List<Stored> all(Digest resolved, Digest manifest, Holds.Hold hold) {
        Set<Candidate> candidates = new LinkedHashSet<>();
        for (Digest subject : new LinkedHashSet<>(List.of(resolved, manifest))) {
            listed(subject)
                    .forEach(r -> candidates.add(new Candidate(r.manifest(), subject, false)));
        }
        for (Descriptor entry : attestations(resolved, manifest)) {
            candidates.add(new Candidate(entry, manifest, true));
        }
        if (candidates.size() > MOST) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "%d manifests refer to it, more than %d".formatted(candidates.size(), MOST));
        }
        List<Stored> stored = new ArrayList<>();
        for (Candidate candidate : candidates) {
            store(candidate, hold).ifPresent(stored::add);
        }
        return stored;
    }

    private List<Referrer> listed(Digest subject) {
        try {
            return retries.run(
                    "ask for referrers of " + subject,
                    () -> repository.referrers(subject, Optional.empty()));
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private List<Descriptor> attestations(Digest resolved, Digest manifest) {
        long size = content.size(resolved);
        if (resolved.equals(manifest) || size < 0 || size > DocumentParser.MAX_BYTES) {
            return List.of();
        }
        byte[] body = content.read(resolved, DocumentParser.MAX_BYTES);
        return DocumentParser.parse(body, "", "index " + resolved)
                        instanceof ImageDocument.Index index
                ? index.manifests().stream().filter(entry -> entry.attests(manifest)).toList()
                : List.of();
    }

    private Optional<Stored> store(Candidate candidate, Holds.Hold hold) {
        Descriptor manifest = candidate.manifest();
        hold.blob(manifest.digest());
        Document document =
                documents.load(repository, retries, manifest.digest(), Optional.of(manifest));
        byte[] body = document.body();
        String what = "referrer " + manifest.digest();
        Optional<Digest> subject = Referrer.subject(body, what);
        if (!candidate.attestation() && !subject.equals(Optional.of(candidate.subject()))) {
            LOG.atWarn()
                    .addKeyValue("manifest", manifest.digest())
                    .addKeyValue("subject", candidate.subject())
                    .log("a registry lists a referrer that is about something else");
            return Optional.empty();
        }
        List<Descriptor> parts =
                DocumentParser.parse(body, manifest.mediaType(), what)
                                instanceof ImageDocument.Manifest parsed
                        ? parts(parsed)
                        : List.of();
        long size = body.length + parts.stream().mapToLong(Descriptor::size).sum();
        bytes += size;
        if (bytes > MOST_BYTES) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "what refers to it has more than %d MiB".formatted(MOST_BYTES >> 20));
        }
        blobs.blobs(parts, hold);
        List<Blob> all = new ArrayList<>();
        all.add(new Blob(manifest.digest(), body.length, false, true));
        parts.forEach(part -> all.add(new Blob(part.digest(), part.size(), false, true)));
        String mediaType = DocumentParser.mediaTypeOf(body, manifest.mediaType(), what);
        Referrer referrer = Referrer.of(manifest.digest(), mediaType, body);
        return Optional.of(
                new Stored(
                        new ImageReferrer(
                                manifest.digest(),
                                candidate.subject(),
                                mediaType,
                                referrer.artifactType(),
                                size),
                        all));
    }

    private static List<Descriptor> parts(ImageDocument.Manifest manifest) {
        List<Descriptor> parts = new ArrayList<>();
        parts.add(manifest.config());
        parts.addAll(manifest.layers());
        return parts;
    }
}
