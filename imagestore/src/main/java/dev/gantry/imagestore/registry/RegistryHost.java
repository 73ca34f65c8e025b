package dev.gantry.imagestore.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
        Dial dial,
        Optional<String> namespace) {
    /** What a host may be asked for. */
    public enum Capability {
        /** Turn a tag into a digest. */
        RESOLVE,
        /** Fetch content by digest. */
        PULL,
        /** Take content. */
        PUSH,
        /** Say what refers to a manifest. */
        REFERRERS;

        /** As in hosts.toml. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How the host is connected to.
     *
     * @param skipVerify any certificate of the host will do
     * @param authorities PEM files of authorities that are trusted beside the machine's
     * @param clients certificates to show when the host asks for one
     * @param timeout for the connection; empty for that of all hosts
     */
    public record Dial(
            boolean skipVerify,
            List<Path> authorities,
            List<ClientCertificate> clients,
            Optional<Duration> timeout) {
        public static final Dial SYSTEM = new Dial(false, List.of(), List.of(), Optional.empty());

        public Dial {
            authorities = List.copyOf(authorities);
            clients = List.copyOf(clients);
        }
    }

    /** PEM files of a certificate, with its chain, and of its key; both may be one file. */
    public record ClientCertificate(Path certificate, Path key) {}

    public RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
    }

    /** Host and port as written, e.g. {@code localhost:5000}. */
    public String name() {
        return base.getRawAuthority();
    }

    /** Whether hosts.toml gives this host an {@code Authorization} of its own. */
    boolean authorized() {
        return headers.keySet().stream().anyMatch("authorization"::equalsIgnoreCase);
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
