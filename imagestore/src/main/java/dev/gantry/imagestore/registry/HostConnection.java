package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the hosts of one registry for something of one repository, and authenticates where they want
 * that: as the caller, or else as the credentials file says.
 */
final class HostConnection {
    private final Transport transport;
    private final Authenticator authenticator;
    private final CredentialsFile file;
    private final ImageReference reference;
    private final Optional<RegistryCredentials> given;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Identity> identities = new HashMap<>();

    HostConnection(
            Transport transport,
            Authenticator authenticator,
            CredentialsFile file,
            ImageReference reference,
            Optional<RegistryCredentials> given) {
        this.transport = transport;
        this.authenticator = authenticator;
        this.file = file;
        this.reference = reference;
        this.given = given;
    }

    /** The answer, whatever its status; {@code path} is below the repository. */
    Response ask(RegistryHost host, String method, String path, List<String> accept) {
        return ask(host, method, path, accept, Optional.empty());
    }

    /** The same for a part of something, by the value of its {@code Range} header. */
    Response ask(
            RegistryHost host,
            String method,
            String path,
            List<String> accept,
            Optional<String> range) {
        Map<String, List<String>> headers = new HashMap<>();
        if (!accept.isEmpty()) {
            headers.put("Accept", accept);
        }
        range.ifPresent(value -> headers.put("Range", List.of(value)));
        Request request = Request.of(method, uri(host, path)).withHeaders(headers);
        return send(host, request, Access.pull(reference.repository()));
    }

    /** The URI of something below the repository. */
    URI uri(RegistryHost host, String path) {
        return host.uri(reference.repository() + "/" + path);
    }

    /**
     * Sends a request, once more with an answer when it was challenged. What leads to another
     * origin than the host's carries neither its headers nor credentials.
     */
    Response send(RegistryHost host, Request request, Access access) {
        if (!Transport.sameOrigin(request.uri(), host.base())) {
            return transport.send(RegistryHost.Dial.SYSTEM, request);
        }
        Identity identity = identity(host);
        var audience = new Authenticator.Audience(host, access, identity);
        Optional<String> authorization = authenticator.remembered(audience);
        Response response = send(host, request, authorization);
        if (response.status() != 401 || response.redirected()) {
            return response.as(shown(host, identity, authorization));
        }
        List<Challenge> challenges =
                Challenge.parse(response.headers().allValues("WWW-Authenticate"));
        Optional<String> answer;
        try {
            answer = authenticator.answer(audience, challenges, authorization);
        } catch (RuntimeException e) {
            response.close();
            throw e;
        }
        if (answer.isEmpty() || answer.equals(authorization)) {
            return response.as(shown(host, identity, authorization));
        }
        response.close();
        return send(host, request, answer).as(shown(host, identity, answer));
    }

    private Response send(RegistryHost host, Request request, Optional<String> authorization) {
        Map<String, List<String>> own = new HashMap<>(host.headers());
        authorization.ifPresent(
                header -> {
                    own.keySet().removeIf("authorization"::equalsIgnoreCase);
                    own.put("Authorization", List.of(header));
                });
        return transport.send(host.dial(), request.withOwn(own));
    }

    /** As whom a request went, in words. */
    private static String shown(
            RegistryHost host, Identity identity, Optional<String> authorization) {
        if (authorization.isPresent()) {
            return identity.credentials().isPresent()
                    ? identity.phrase()
                    : "anonymous, with a token";
        }
        return host.authorized() ? "with the header of hosts.toml" : "anonymous";
    }

    private Identity identity(RegistryHost host) {
        lock.lock();
        try {
            Identity known = identities.get(host.base().toString());
            if (known == null) {
                known = find(host);
                identities.put(host.base().toString(), known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Identity find(RegistryHost host) {
        if (given.isPresent()) {
            return given.filter(c -> meant(c, host))
                    .map(credentials -> Identity.of(credentials, ""))
                    .orElse(Identity.NOBODY);
        }
        // A mirror is another server: it sees what is there for it, and not the registry's.
        String server = host.namespace().isEmpty() ? reference.registry() : host.name();
        return file.find(server, reference.repository());
    }

    /**
     * Credentials with a server address are for that server only. Others came with the image's
     * name, and go to the hosts that the operator has named for its registry, as in containerd.
     */
    private boolean meant(RegistryCredentials credentials, RegistryHost host) {
        String server = authority(credentials.serverAddress());
        return server.isEmpty()
                || server.equals(host.name().toLowerCase(Locale.ROOT))
                || (host.namespace().isEmpty() && canonical(server).equals(reference.registry()));
    }

    private static String authority(String address) {
        return address.toLowerCase(Locale.ROOT)
                .replaceFirst("^https?://", "")
                .replaceFirst("/.*$", "");
    }

    private static String canonical(String server) {
        return switch (server) {
            case "index.docker.io", "registry-1.docker.io" -> "docker.io";
            default -> server;
        };
    }
}
