package dev.gantry.cli.credentials;

/** Names of registries. */
public final class Registries {
    /** The name under which docker keeps the credentials of docker.io. */
    public static final String DOCKER_KEY = "https://index.docker.io/v1/";

    static final String DOCKER = "docker.io";

    private Registries() {}

    /** The host that an image's name leads to. */
    public static String ofImage(String reference) {
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host ? host(first) : DOCKER;
    }

    /** A host without scheme and path; docker.io for all its names. */
    public static String host(String server) {
        String host = server.replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        host = slash < 0 ? host : host.substring(0, slash);
        return switch (host) {
            case "", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com" -> DOCKER;
            default -> host;
        };
    }

    /** The key of a host in docker's file and helpers. */
    static String key(String host) {
        return host.equals(DOCKER) ? DOCKER_KEY : host;
    }
}
