package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where a daemon is. */
public sealed interface Endpoint {
    /** Where gantryd listens unless told otherwise. */
    String STANDARD = "unix:///run/gantry/gantry.sock";

    /** As it is typed. */
    String url();

    /** A UNIX socket of this machine. */
    record Unix(Path socket) implements Endpoint {
        @Override
        public String url() {
            return "unix://" + socket;
        }
    }

    /** A TCP port; with TLS unless that is absent. */
    record Tcp(String host, int port, Optional<TlsFiles> tls) implements Endpoint {
        @Override
        public String url() {
            return "tcp://" + host + ":" + port;
        }
    }

    /**
     * Another machine, over ssh.
     *
     * @param destination {@code user@host} or a name of ssh's configuration
     * @param port ssh's own choice when absent
     * @param socket the daemon's there; its standard one when absent
     */
    record Ssh(String destination, Optional<Integer> port, Optional<String> socket)
            implements Endpoint {
        @Override
        public String url() {
            return "ssh://" + destination + port.map(p -> ":" + p).orElse("") + socket.orElse("");
        }
    }

    /** Understands {@code unix://}, {@code tcp://} and {@code ssh://}, or a bare path. */
    static Endpoint parse(String text, Optional<TlsFiles> tls) {
        if (text.startsWith("/")) {
            return new Unix(Path.of(text));
        }
        if (text.startsWith("unix://")) {
            return new Unix(Path.of(text.substring("unix://".length())));
        }
        if (text.startsWith("tcp://") || text.startsWith("ssh://")) {
            return remote(text, tls);
        }
        throw new CliFailure(
                "cannot understand the host \"%s\": write unix:///path, tcp://host:port or ssh://user@host"
                        .formatted(text));
    }

    private static Endpoint remote(String text, Optional<TlsFiles> tls) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new CliFailure("cannot understand the host \"" + text + "\"", e);
        }
        if (uri.getHost() == null) {
            throw new CliFailure("the host \"" + text + "\" names no machine");
        }
        Optional<Integer> port = Optional.of(uri.getPort()).filter(p -> p > 0);
        if (uri.getScheme().equals("tcp")) {
            return new Tcp(uri.getHost(), port.orElse(tls.isPresent() ? 2376 : 2375), tls);
        }
        if (uri.getHost().startsWith("-")) {
            throw new CliFailure("the host \"" + text + "\" looks like an option of ssh");
        }
        String user = uri.getUserInfo() == null ? "" : uri.getUserInfo() + "@";
        return new Ssh(
                user + uri.getHost(),
                port,
                Optional.ofNullable(uri.getPath()).filter(p -> p.length() > 1));
    }
}
