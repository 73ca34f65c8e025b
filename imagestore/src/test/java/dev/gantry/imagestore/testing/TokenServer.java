package dev.gantry.imagestore.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A token server whose tokens a real registry verifies (Distribution project, "Token
 * Authentication"): signed with RS256, with the certificate in the header. It knows one account,
 * which may do everything, and lets everybody else do nothing.
 */
public final class TokenServer implements AutoCloseable {
    public static final String ISSUER = "gantry-test";
    public static final String SERVICE = "gantry-registry";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TestCertificate certificate;
    private final long seconds;
    private final List<String> scopes = new CopyOnWriteArrayList<>();

    /**
     * @param certificate an RSA one, which the registry has as its rootcertbundle
     * @param seconds how long a token is good
     */
    public TokenServer(TestCertificate certificate, long seconds) {
        this.certificate = certificate;
        this.seconds = seconds;
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/token", this::token);
        server.start();
    }

    /** The registry's {@code auth} section. */
    public String auth() {
        return """
        auth:
          token:
            realm: http://127.0.0.1:%d/token
            service: %s
            issuer: %s
            rootcertbundle: %s
        """
                .formatted(server.getAddress().getPort(), SERVICE, ISSUER, certificate.pem());
    }

    /** The scopes that tokens were given for, one line a token. */
    public List<String> scopes() {
        return List.copyOf(scopes);
    }

    private void token(HttpExchange exchange) throws IOException {
        try (exchange) {
            String pair = RealRegistry.USER + ":" + RealRegistry.PASSWORD;
            String basic =
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(pair.getBytes(StandardCharsets.UTF_8));
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            if (shown != null && !shown.equals(basic)) {
                byte[] body =
                        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"wrong password\"}]}"
                                .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(401, body.length);
                exchange.getResponseBody().write(body);
                return;
            }
            List<String> asked = new ArrayList<>();
            for (String part : exchange.getRequestURI().getRawQuery().split("&", -1)) {
                if (part.startsWith("scope=")) {
                    asked.add(URLDecoder.decode(part.substring(6), StandardCharsets.UTF_8));
                }
            }
            scopes.add(String.join(" ", asked));
            byte[] body =
                    "{\"token\":\"%s\",\"expires_in\":%d}"
                            .formatted(sign(shown == null ? List.of() : asked), seconds)
                            .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String sign(List<String> granted) {
        List<String> access = new ArrayList<>();
        for (String scope : granted) {
            String[] parts = scope.split(":", -1);
            access.add(
                    "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                            .formatted(parts[0], parts[1], parts[2].replace(",", "\",\"")));
        }
        long now = Instant.now().getEpochSecond();
        String claims =
                "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"jti\":\"%s\",\"access\":[%s]}"
                        .formatted(
                                ISSUER,
                                RealRegistry.USER,
                                SERVICE,
                                now + seconds,
                                now - 10,
                                now,
                                UUID.randomUUID(),
                                String.join(",", access));
        try {
            String chain =
                    Base64.getEncoder().encodeToString(certificate.certificate().getEncoded());
            String head = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"%s\"]}".formatted(chain);
            String signed = encode(head) + "." + encode(claims);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(certificate.privateKey());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed
                    + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
