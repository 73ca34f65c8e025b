package dev.gantry.imagestore.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One host that serves a registry: the registry's own server or a mirror of it.
 *
 * @param base scheme, host, port and the path that repositories lie below, usually {@code /v2},
 *     without a slash at the end
 * @param headers sent with every request to this host and to no other; values may be secrets
 * @param namespace the registry's name for a mirror, which tells by it whose repository is asked
 *     for (the query parameter {@code ns}); empty for the registry's own server
 */
public record RegistryHost(
        URI base,
        Set<Capability> capabilities,
        Map<String, List<String>> headers,
        Trust trust,
        Optional<String> namespace) {
    /** What a host may be asked for. */
    public enum Capability {
        /** Turn a tag into a digest. */
        RESOLVE,
        /** Fetch content by digest. */
        PULL
    }

    /** How the host's certificate is judged: extra authorities (PEM files), or not at all. */
    public record Trust(boolean skipVerify, List<Path> authorities) {
        public static final Trust SYSTEM = new Trust(false, List.of());

        public Trust {
            authorities = List.copyOf(authorities);
        }
    }

    public RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
    }

    /** Host and port as written, e.g. {@code localhost:5000}. */
    public String name() {
        return base.getRawAuthority();
    }

    /** Whether requests to this host travel in the clear. */
    public boolean plainHttp() {
        return "http".equals(base.getScheme());
    }

    /** A URI below this host, e.g. of {@code library/nginx/manifests/latest}. */
    public URI uri(String path) {
        String query = namespace.map(ns -> "?ns=" + ns).orElse("");
        return URI.create(base + "/" + path + query);
    }

    /** Without the headers, which may hold secrets. */
    @Override
    public String toString() {
        return base.toString();
    }
}
