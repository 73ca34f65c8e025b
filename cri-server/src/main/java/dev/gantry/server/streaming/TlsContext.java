package dev.gantry.server.streaming;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the server shows. When one of its files changes it is read anew, at most
 * once a second; one that cannot be read leaves the former in use.
 */
final class TlsContext {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private static final long LOOK_NANOS = 1_000_000_000;

    private final Settings.Tls files;
    private List<Long> times;
    private SslContext context;
    private long looked = System.nanoTime();

    private TlsContext(Settings.Tls files) {
        this.files = files;
        this.times = times();
        this.context = read(files);
    }

    /** Reads the files; INVALID_ARGUMENT names what is wrong with them. */
    static TlsContext open(Settings.Tls files) {
        return new TlsContext(files);
    }

    /** What the next connection is met with. */
    synchronized SslContext current() {
        long now = System.nanoTime();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            try {
                List<Long> seen = times();
                if (!seen.equals(times)) {
                    times = seen;
                    context = read(files);
                    LOG.atInfo()
                            .addKeyValue("certificate", files.certificate())
                            .log("streaming certificate is read anew");
                }
            } catch (Failure e) {
                LOG.atWarn()
                        .addKeyValue("error", e.message())
                        .log("the former streaming certificate stays in use");
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
                        Failure.Code.INVALID_ARGUMENT, "read TLS file for streaming: " + e, e);
            }
        }
        return times;
    }

    private static SslContext read(Settings.Tls files) {
        try {
            Identity identity = Identity.read(files.certificate(), files.key());
            SslContextBuilder builder =
                    SslContextBuilder.forServer(identity.key(), identity.chain())
                            .sslProvider(SslProvider.JDK)
                            .protocols("TLSv1.3", "TLSv1.2");
            files.clientCa()
                    .ifPresent(
                            ca -> builder.trustManager(ca.toFile()).clientAuth(ClientAuth.REQUIRE));
            return builder.build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "TLS for streaming from %s and %s: %s; the key must be PKCS#8 without a password (openssl pkcs8 -topk8 -nocrypt)"
                            .formatted(files.certificate(), files.key(), e.getMessage()),
                    e);
        }
    }
}
