package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Asks one host for something of one repository, and authenticates when it wants that. */
final class HostConnection {
    private final Transport transport;
    private final Authenticator authenticator;
    private final ImageReference reference;
    private final Optional<RegistryCredentials> credentials;

    HostConnection(
            Transport transport,
            Authenticator authenticator,
            ImageReference reference,
            Optional<RegistryCredentials> credentials) {
        this.transport = transport;
        this.authenticator = authenticator;
        this.reference = reference;
        this.credentials = credentials;
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
        URI uri = host.uri(reference.repository() + "/" + path);
        var audience =
                new Authenticator.Audience(host, reference.repository(), credentialsFor(host));
        Optional<String> authorization = authenticator.remembered(audience);
        Response response = send(host, method, uri, authorization, accept, range);
        if (response.status() != 401 || response.redirected()) {
            return response;
        }
        List<Challenge> challenges =
                Challenge.parse(response.headers().allValues("WWW-Authenticate"));
        Optional<String> answer;
        try {
            answer = authenticator.answer(audience, challenges);
        } catch (RuntimeException e) {
            response.close();
            throw e;
        }
        if (answer.isEmpty() || answer.equals(authorization)) {
            return response;
        }
        response.close();
        return send(host, method, uri, answer, accept, range);
    }

    /** Whether this host is shown credentials. */
    boolean authenticates(RegistryHost host) {
        return credentialsFor(host).isPresent();
    }

    private Response send(
            RegistryHost host,
            String method,
            URI uri,
            Optional<String> authorization,
            List<String> accept,
            Optional<String> range) {
        Map<String, List<String>> headers = new HashMap<>(host.headers());
        authorization.ifPresent(
                header -> {
                    headers.keySet().removeIf("authorization"::equalsIgnoreCase);
                    headers.put("Authorization", List.of(header));
                });
        Transport.Request request = Transport.Request.of(method, uri, headers);
        return transport.send(host.trust(), range.map(request::withRange).orElse(request), accept);
    }

    /**
     * Credentials with a server address are for that server only. Others came with the image's
     * name, and go to the hosts that the operator has named for its registry, as in containerd.
     */
    private Optional<RegistryCredentials> credentialsFor(RegistryHost host) {
        return credentials.filter(
                c -> {
                    String server = authority(c.serverAddress());
                    return server.isEmpty()
                            || server.equals(host.name().toLowerCase(Locale.ROOT))
                            || (host.namespace().isEmpty()
                                    && canonical(server).equals(reference.registry()));
                });
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
