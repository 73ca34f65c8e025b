package dev.gantry.server.config;

import dev.gantry.model.Failure;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys of the listener for clients on other machines. */
final class RemoteKeys {
    static final Key<Optional<InetSocketAddress>> ADDRESS =
            new Key<>(
                    "remote.address",
                    Types.optionalAddress(),
                    Optional.empty(),
                    "Where clients on other machines are answered as on the UNIX socket, over mutual TLS"
                            + " alone. Empty: off. Whoever has a certificate of the client authority"
                            + " is root on this node; name one address of the node's rather than"
                            + " 0.0.0.0.");
    static final Key<Optional<Path>> CERTIFICATE =
            new Key<>(
                    "remote.tls-certificate",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Certificate chain (PEM) that the daemon shows. The three files are read anew when"
                            + " they change.");
    static final Key<Optional<Path>> KEY =
            new Key<>(
                    "remote.tls-key",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Private key (PEM, PKCS#8) of the certificate; nobody but its owner may read it"
                            + " (mode 0600).");
    static final Key<Optional<Path>> CLIENT_CA =
            new Key<>(
                    "remote.tls-client-ca",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Authorities (PEM) of clients' certificates. A client without one of theirs is turned"
                            + " away in the handshake.");

    static final List<Key<?>> ALL = List.of(ADDRESS, CERTIFICATE, KEY, CLIENT_CA);

    private RemoteKeys() {}

    /** The listener; empty when it is off. */
    static Optional<Settings.Remote> settings(Values values) {
        Optional<InetSocketAddress> address = values.get(ADDRESS);
        Optional<Path> certificate = values.get(CERTIFICATE);
        Optional<Path> key = values.get(KEY);
        Optional<Path> clientCa = values.get(CLIENT_CA);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        if (Stream.of(certificate, key, clientCa).anyMatch(Optional::isEmpty)) {
            throw Failure.invalid(
                    "remote.address is set: it needs remote.tls-certificate, remote.tls-key and"
                            + " remote.tls-client-ca, since whoever is answered there is root on this"
                            + " node");
        }
        return Optional.of(
                new Settings.Remote(
                        address.get(), new Settings.Tls(certificate.get(), key.get(), clientCa)));
    }
}
