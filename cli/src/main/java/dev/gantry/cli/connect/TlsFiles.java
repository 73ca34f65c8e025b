package dev.gantry.cli.connect;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The PEM files of a TLS connection.
 *
 * @param authority who must have signed the daemon's certificate; the system's authorities when
 *     absent
 * @param certificate ours, which is shown to the daemon
 * @param key its private key, PKCS #8
 * @param verified whether the daemon's certificate and name are checked
 */
public record TlsFiles(
        Optional<Path> authority,
        Optional<Path> certificate,
        Optional<Path> key,
        boolean verified) {}
