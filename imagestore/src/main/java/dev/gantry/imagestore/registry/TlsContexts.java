package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;

/**
 * The TLS contexts: one for each way to trust and to show certificates, made anew when a file with
 * certificates or keys changed. Connections are never shared by two of them.
 */
final class TlsContexts {
    private record Key(
            boolean skipVerify,
            List<Path> authorities,
            List<RegistryHost.ClientCertificate> clients) {}

    private record Stamp(Path file, FileTime written, long size) {}

    private record Made(SSLContext context, List<Stamp> stamps) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Made> contexts = new HashMap<>();

    SSLContext context(RegistryHost.Dial dial) {
        Key key = new Key(dial.skipVerify(), dial.authorities(), dial.clients());
        List<Stamp> stamps = stamps(dial);
        lock.lock();
        try {
            Made made = contexts.get(key);
            if (made == null || !made.stamps().equals(stamps)) {
                made = new Made(TlsTrust.context(dial), stamps);
                contexts.put(key, made);
            }
            return made.context();
        } finally {
            lock.unlock();
        }
    }

    private static List<Stamp> stamps(RegistryHost.Dial dial) {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : TlsTrust.files(dial)) {
            try {
                stamps.add(new Stamp(file, Files.getLastModifiedTime(file), Files.size(file)));
            } catch (IOException e) {
                throw new Failure(
                        Failure.Code.FAILED_PRECONDITION,
                        "cannot read the certificate or key " + e.getMessage(),
                        e);
            }
        }
        return stamps;
    }
}
