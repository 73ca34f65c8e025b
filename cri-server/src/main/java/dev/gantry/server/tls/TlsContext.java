package dev.gantry.server.tls;

import dev.gantry.model.Failure;
import dev.gantry.server.config.Settings;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that a server shows. When one of its files changes it is read anew, at most once
 * a second; one that cannot be read leaves the former in use.
 */
public final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private static final long LOOK_NANOS = 1_000_000_000;

    private final String server;
    private final Settings.Tls files;
    private final UnaryOperator<SslContextBuilder> protocol;
    private List<Long> times;
    private SslContext context;
    private long looked = System.nanoTime();

    private TlsContext(
            String server, Settings.Tls files, UnaryOperator<SslContextBuilder> protocol) {
        this.server = server;
        this.files = files;
        this.protocol = protocol;
        this.times = times();
        this.context = read();
    }

    /**
     * Reads the files; INVALID_ARGUMENT names what is wrong with them.
     *
     * @param server what is served, for people: "streaming"
     */
    public static TlsContext open(String server, Settings.Tls files) {
        return open(server, files, builder -> builder);
    }

    /**
     * The same for a protocol that has demands of its own.
     *
     * @param protocol adds them, each time that the files are read
     */
    public static TlsContext open(
            String server, Settings.Tls files, UnaryOperator<SslContextBuilder> protocol) {
        return new TlsContext(server, files, protocol);
    }

    /** What the next connection is met with. */
    public synchronized SslContext current() {
        long now = System.nanoTime();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            try {
                List<Long> seen = times();
                if (!seen.equals(times)) {
                    times = seen;
                    context = read();
                    LOG.atInfo()
                            .addKeyValue("certificate", files.certificate())
                            .log(server + " certificate is read anew");
                }
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("error", e.message())
                        .log("the former " + server + " certificate stays in use");
            }
        }
        return context;
    }

    private List<Long> times() {
        List<Path> all = new ArrayList<>(List.of(files.certificate(), files.key()));
        files.clientCa().ifPresent(all::add);
        List<Long> times = new ArrayList<>();
        for (Path file : all) {
            try {
                times.add(Files.getLastModifiedTime(file).toMillis());
            } catch (IOException e) {
                throw new Failure(
                        Failure.Code.INVALID_ARGUMENT, "read TLS file for " + server + ": " + e, e);
            }
        }
        return times;
    }

    private SslContext read() {
        try {
            Identity identity = Identity.read(files.certificate(), files.key());
            SslContextBuilder builder =
                    protocol.apply(
                            SslContextBuilder.forServer(identity.key(), identity.chain())
                                    .sslProvider(SslProvider.JDK)
                                    .protocols("TLSv1.3", "TLSv1.2"));
            files.clientCa()
                    .ifPresent(
                            ca -> builder.trustManager(ca.toFile()).clientAuth(ClientAuth.REQUIRE));
            return builder.build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "TLS for %s from %s and %s: %s; the key must be PKCS#8 without a password (openssl pkcs8 -topk8 -nocrypt)"
                            .formatted(server, files.certificate(), files.key(), e.getMessage()),
                    e);
        }
    }
}
