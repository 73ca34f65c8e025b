package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Fetches manifests and indexes of one repository from one host, whole and bounded. */
final class Documents {
    private final HostConnection connection;

    Documents(HostConnection connection) {
        this.connection = connection;
    }

    /** By tag or digest; {@code wanted} is what it must have. */
    Document get(RegistryHost host, String name, Optional<Digest> wanted) {
        String path = "manifests/" + name;
        try (Response response = connection.ask(host, "GET", path, MediaTypes.ACCEPTED)) {
            if (!response.ok()) {
                throw RegistryErrors.of(what(host, path), response, response.sentAs());
            }
            return read(what(host, path), response, wanted);
        }
    }

    /** By tag; empty when there is none. */
    Optional<Document> find(RegistryHost host, String tag) {
        String path = "manifests/" + tag;
        try (Response response = connection.ask(host, "GET", path, MediaTypes.ACCEPTED)) {
            if (response.status() == 404) {
                return Optional.empty();
            }
            if (!response.ok()) {
                throw RegistryErrors.of(what(host, path), response, response.sentAs());
            }
            return Optional.of(read(what(host, path), response, Optional.empty()));
        }
    }

    /** Reads an answer's body, which must be of the digest. */
    static Document read(String what, Response response, Optional<Digest> wanted) {
        byte[] body;
        try {
            body = response.bytes(DocumentParser.MAX_BYTES);
        } catch (IOException e) {
            throw NetworkErrors.of(what, e);
        }
        if (body.length > DocumentParser.MAX_BYTES) {
            throw new Failure(Failure.Code.DATA_LOSS, what + " answered with more than 4 MiB");
        }
        Digest digest = digest(body, wanted.map(Digest::jcaName).orElse("SHA-256"));
        if (wanted.isPresent() && !wanted.get().equals(digest)) {
            throw new Failure(Failure.Code.DATA_LOSS, what + " answered with content of " + digest);
        }
        return new Document(digest, response.header("Content-Type"), body);
    }

    private String what(RegistryHost host, String path) {
        return "GET " + Transport.withoutQuery(connection.uri(host, path));
    }

    static Digest digest(byte[] body, String algorithm) {
        try {
            byte[] sum = MessageDigest.getInstance(algorithm).digest(body);
            return new Digest("sha" + algorithm.substring(4), HexFormat.of().formatHex(sum));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
