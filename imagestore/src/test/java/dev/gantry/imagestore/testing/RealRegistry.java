package dev.gantry.imagestore.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's docker-registry, or its successor, on a loopback port of its own, stopped by {@link
 * #close}.
 */
public final class RealRegistry implements AutoCloseable {
    /** The account of a registry with a password. */
    public static final String USER = "operator";

    public static final String PASSWORD = "open sesame";

    /** bcrypt of {@link #PASSWORD}, which is all that docker-registry takes. */
    private static final String HTPASSWD =
            USER + ":$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n";

    private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
    private static final Pattern LISTENING = Pattern.compile("listening on ([^\", ]+)");

    private final Process process;
    private final String authority;
    private final String authorization;

    private RealRegistry(Process process, String authority, String authorization) {
        this.process = process;
        this.authority = authority;
        this.authorization = authorization;
    }

    /** What is beside the storage in the configuration: sections in YAML, or empty texts. */
    public record Options(String auth, String tls) {}

    /** Starts one with options. */
    public static RealRegistry with(Path directory, Options options) {
        return start(directory, options.auth(), options.tls(), false);
    }

    /** Starts one that anybody may use, with its data in the directory. */
    public static RealRegistry open(Path directory) {
        return start(directory, "", "", false);
    }

    /** CNCF's distribution 3, built from its Go module, for anybody. */
    public static RealRegistry distribution(Path directory) {
        Path conformance = Path.of("..", "conformance").toAbsolutePath().normalize();
        Programs.run(
                directory,
                List.of(conformance.resolve("bin/build-tools").toString(), "distribution"));
        return start(conformance.resolve("target/tools/distribution"), directory, "", "", false);
    }

    /** Starts one that wants basic authentication. */
    public static RealRegistry withPassword(Path directory) {
        String auth =
                "auth:\n  htpasswd:\n    realm: gantry-test\n    path: %s\n"
                        .formatted(directory.resolve("htpasswd"));
        return start(directory, auth, "", true);
    }

    private static RealRegistry start(Path directory, String auth, String tls, boolean password) {
        return start(PROGRAM, directory, auth, tls, password);
    }

    private static RealRegistry start(
            Path program, Path directory, String auth, String tls, boolean password) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
            Path config =
                    Files.writeString(
                            directory.resolve("config.yml"),
                            """
                            version: 0.1
                            log: {level: info}
                            storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                            http: {addr: "127.0.0.1:0", secret: test%s}
                            %s"""
                                    .formatted(
                                            directory.resolve("data"),
                                            tls.isEmpty() ? "" : ", tls: " + tls,
                                            auth));
            ProcessBuilder builder =
                    new ProcessBuilder(program.toString(), "serve", config.toString())
                            .redirectErrorStream(true);
            builder.environment().put("OTEL_TRACES_EXPORTER", "none");
            Process process = builder.start();
            String pair =
                    Base64.getEncoder()
                            .encodeToString(
                                    (USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
            return new RealRegistry(process, address(process), password ? "Basic " + pair : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(Process process) throws IOException {
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder seen = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.append(line).append('\n');
            Matcher matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                Thread.ofVirtual().start(() -> log.lines().forEach(ignored -> {}));
                return matcher.group(1);
            }
        }
        throw new IOException("the registry did not start: " + seen);
    }

    /** Host and port. */
    public String authority() {
        return authority;
    }

    /** The port on loopback. */
    public int port() {
        return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
    }

    /** A pusher with the right credentials. */
    public Pusher pusher() {
        return new Pusher(authority, authorization);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
