package dev.gantry.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A normalised image reference, {@code registry/repository[:tag][@digest]}: what docker and
 * containerd read in the same text. {@code nginx} is {@code docker.io/library/nginx:latest}. A
 * reference has a tag, a digest or both; without either the tag is {@code latest}.
 */
public record ImageReference(
        String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
    private static final Pattern COMPONENTS =
            Pattern.compile(
                    "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern REGISTRY =
            Pattern.compile(
                    "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
                            + "|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?");

    public ImageReference {
        check(REGISTRY, registry, "registry");
        check(COMPONENTS, repository, "repository");
        tag.ifPresent(t -> check(TAG, t, "tag"));
        if (repository.length() > 255) {
            throw Failure.invalid("image repository is longer than 255 characters");
        }
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of("latest");
        }
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw Failure.invalid(
                    "\"%s\" is not a valid %s of an image reference".formatted(text, what));
        }
    }

    /** Parses what a user or kubelet writes; INVALID_ARGUMENT names the part that is wrong. */
    public static ImageReference parse(String text) {
        if (text.isBlank()) {
            throw Failure.invalid("image reference is empty");
        }
        try {
            return parts(text);
        } catch (Failure e) {
            throw Failure.invalid("\"%s\": %s".formatted(text, e.message()));
        }
    }

    private static ImageReference parts(String text) {
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(Digest.parse(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        String registry = "docker.io";
        int slash = rest.indexOf('/');
        if (slash > 0 && namesHost(rest.substring(0, slash))) {
            registry = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
        }
        if (registry.equals("index.docker.io")) {
            registry = "docker.io";
        }
        check(COMPONENTS, rest, "repository");
        if (registry.equals("docker.io") && rest.indexOf('/') < 0) {
            rest = "library/" + rest;
        }
        return new ImageReference(registry, rest, tag, digest);
    }

    private static boolean namesHost(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    }

    /** {@code registry/repository}, without tag and digest. */
    public String name() {
        return registry + "/" + repository;
    }

    /** {@code registry/repository@digest}, as CRI's repo_digests want it. */
    public String withDigest(Digest of) {
        return name() + "@" + of;
    }

    @Override
    public String toString() {
        return name() + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }
}
