package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.registry.RegistryHost.ClientCertificate;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/**
 * Reads the {@code client} of {@code hosts.toml} in each of containerd's forms: a file with
 * certificate and key, an array of such files, or an array of pairs of a certificate and its key
 * (empty when it is in the same file). An array of a file with only certificates and one with only
 * a key is taken for the pair that is meant.
 */
final class ClientSetting {
    private final Function<String, Path> path;
    private final Function<String, Failure> wrong;

    /**
     * @param path checks a name and makes it a path
     * @param wrong makes the error
     */
    ClientSetting(Function<String, Path> path, Function<String, Failure> wrong) {
        this.path = path;
        this.wrong = wrong;
    }

    List<ClientCertificate> read(@Nullable Object value) {
        if (value instanceof String one) {
            return List.of(whole(path.apply(one)));
        }
        if (!(value instanceof TomlArray array) || array.isEmpty()) {
            throw wrong.apply("client is neither a file nor an array of files or of pairs");
        }
        List<Object> elements = array.toList();
        if (elements.size() == 2
                && elements.get(0) instanceof String first
                && elements.get(1) instanceof String second
                && isPair(path.apply(first), path.apply(second))) {
            return List.of(new ClientCertificate(path.apply(first), path.apply(second)));
        }
        List<ClientCertificate> all = new ArrayList<>();
        for (Object element : elements) {
            all.add(
                    switch (element) {
                        case String one -> whole(path.apply(one));
                        case TomlArray pair -> pair(pair);
                        default -> throw wrong.apply("client holds more than files and pairs");
                    });
        }
        return all;
    }

    private ClientCertificate pair(TomlArray pair) {
        if (pair.size() != 2
                || !(pair.get(0) instanceof String certificate)
                || !(pair.get(1) instanceof String key)) {
            throw wrong.apply("a pair of client is not a certificate and a key");
        }
        return key.isEmpty()
                ? whole(path.apply(certificate))
                : new ClientCertificate(path.apply(certificate), path.apply(key));
    }

    private static ClientCertificate whole(Path file) {
        return new ClientCertificate(file, file);
    }

    private boolean isPair(Path first, Path second) {
        try {
            PemFile certificate = PemFile.read(first);
            PemFile key = PemFile.read(second);
            return certificate.hasCertificate()
                    && !certificate.hasKey()
                    && key.hasKey()
                    && !key.hasCertificate();
        } catch (IOException e) {
            throw wrong.apply("client cannot be read: " + e.getMessage());
        }
    }
}
