package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The JDK's clients: one for each way to connect, with its pool of connections, and made anew when
 * a file with certificates or keys changed.
 */
final class HttpClients {
    static {
        // Basic is off by default for proxies that HTTPS is tunnelled through. A proxy's password
        // comes from the operator, and a proxy without TLS has no other way to ask for it.
        if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
    }

    /** Plain HTTP has no TLS settings, and so loads no authorities. */
    private record Key(boolean plain, RegistryHost.Dial dial, Optional<InetSocketAddress> proxy) {}

    private record Stamp(Path file, FileTime written, long size) {}

    private record Made(HttpClient client, List<Stamp> stamps) {}

    private final Duration connectTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Made> clients = new HashMap<>();

    HttpClients(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    HttpClient client(RegistryHost.Dial dial, URI uri, Optional<Proxies.Proxy> proxy) {
        boolean plain = "http".equals(uri.getScheme());
        RegistryHost.Dial used =
                plain ? new RegistryHost.Dial(false, List.of(), List.of(), dial.timeout()) : dial;
        Key key = new Key(plain, used, proxy.map(Proxies.Proxy::address));
        List<Stamp> stamps = plain ? List.of() : stamps(used);
        lock.lock();
        try {
            Made made = clients.get(key);
            if (made != null && made.stamps().equals(stamps)) {
                return made.client();
            }
            HttpClient client = make(key);
            clients.put(key, new Made(client, stamps));
            if (made != null) {
                // What it does now it finishes.
                made.client().shutdown();
            }
            return client;
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

    private HttpClient make(Key key) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .connectTimeout(key.dial().timeout().orElse(connectTimeout))
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .sslContext(key.plain() ? TlsTrust.none() : TlsTrust.context(key.dial()))
                        .proxy(
                                key.proxy()
                                        .map(ProxySelector::of)
                                        .orElse(HttpClient.Builder.NO_PROXY))
                        .executor(
                                Executors.newThreadPerTaskExecutor(
                                        Thread.ofVirtual().name("registry-http-", 0).factory()));
        return builder.build();
    }
}
