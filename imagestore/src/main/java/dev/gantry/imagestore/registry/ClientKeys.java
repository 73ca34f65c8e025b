package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** Loads the certificates and keys that registries are shown (mutual TLS). */
final class ClientKeys {
    private ClientKeys() {}

    /**
     * @throws Failure FAILED_PRECONDITION naming the file that cannot be used
     */
    static KeyManager[] managers(List<RegistryHost.ClientCertificate> clients) {
        // Of the key store in memory; keys on disk are protected by their files' modes.
        char[] password = new char[0];
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            int number = 0;
            for (RegistryHost.ClientCertificate client : clients) {
                X509Certificate[] chain = chain(client.certificate());
                PrivateKey key = key(client.key());
                if (!key.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm())) {
                    throw unusable(client.key(), "its key is not the one of the certificate");
                }
                store.setKeyEntry("client-" + number++, key, password, chain);
            }
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "cannot load the client certificates for registries: " + e.getMessage(),
                    e);
        }
    }

    private static X509Certificate[] chain(Path file) throws IOException {
        try {
            List<X509Certificate> chain = PemFile.read(file).certificates();
            if (chain.isEmpty()) {
                throw unusable(file, "it holds no certificate");
            }
            return chain.toArray(X509Certificate[]::new);
        } catch (GeneralSecurityException e) {
            throw unusable(file, "its certificate cannot be read");
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        PemFile pem = PemFile.read(file);
        if (pem.hasEncryptedKey()) {
            throw unusable(file, "its key is encrypted; store it without a passphrase, mode 0600");
        }
        try {
            return pem.key().orElseThrow(() -> unusable(file, "it holds no private key"));
        } catch (GeneralSecurityException e) {
            throw unusable(file, "its private key cannot be read");
        }
    }

    private static Failure unusable(Path file, String why) {
        return Failure.precondition("client certificate %s: %s".formatted(file, why));
    }
}
