package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.registry.RegistryHost.ClientCertificate;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The certificates of a registry's directory as docker names them, which containerd takes where
 * there is no {@code hosts.toml}: authorities in {@code *.crt}, client certificates in {@code
 * *.cert}, each with its key in the {@code .key} of the same name.
 */
final class CertificateFiles {
    private static final String AUTHORITY = ".crt";
    private static final String CERTIFICATE = ".cert";
    private static final String KEY = ".key";

    private CertificateFiles() {}

    /**
     * How the host of a directory is connected to; empty when no file says anything of it.
     *
     * @throws Failure FAILED_PRECONDITION when a file cannot be read, or a client's certificate or
     *     key has not the other
     */
    static Optional<RegistryHost.Dial> read(Path directory) {
        List<Path> authorities = new ArrayList<>();
        List<ClientCertificate> clients = new ArrayList<>();
        for (String name : names(directory)) {
            if (name.endsWith(AUTHORITY)) {
                authorities.add(readable(directory.resolve(name)));
            } else if (name.endsWith(CERTIFICATE)) {
                String key = name.substring(0, name.length() - CERTIFICATE.length()) + KEY;
                clients.add(
                        new ClientCertificate(
                                readable(directory.resolve(name)),
                                readable(directory.resolve(key))));
            } else if (name.endsWith(KEY)) {
                String stem = name.substring(0, name.length() - KEY.length());
                readable(directory.resolve(stem + CERTIFICATE));
            }
        }
        return authorities.isEmpty() && clients.isEmpty()
                ? Optional.empty()
                : Optional.of(new RegistryHost.Dial(false, authorities, clients, Optional.empty()));
    }

    private static SortedSet<String> names(Path directory) {
        SortedSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (IOException | DirectoryIteratorException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "cannot read the registry configuration %s: %s"
                            .formatted(directory, e.getMessage()),
                    e);
        }
        return names;
    }

    private static Path readable(Path file) {
        Path path = file.toAbsolutePath().normalize();
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw Failure.precondition(
                    "%s cannot be read: without hosts.toml, a registry's directory has authorities as *.crt and client certificates as NAME.cert with NAME.key"
                            .formatted(path));
        }
        return path;
    }
}
