package dev.gantry.conformance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * More registries on the loopback of a test host: the host's own one behind an nginx that is slow,
 * that speaks TLS, or that turns everybody away, and one with a password.
 */
final class Registries implements AutoCloseable {
    /** The host's own registry. */
    static final String OPEN = "127.0.0.1:5000";

    /** The same, a few megabytes a second for each connection. */
    static final String SLOW = "127.0.0.1:5010";

    /** The same by TLS, with a certificate of an authority that nobody knows. */
    static final String TLS = "127.0.0.1:5443";

    /** Answers each request with 429 and {@code Retry-After: 1}. */
    static final String BUSY = "127.0.0.1:5429";

    /** One of its own, for {@link #USER} only. */
    static final String PASSWORDED = "127.0.0.1:5001";

    /** Nobody listens there. */
    static final String DOWN = "127.0.0.1:5009";

    static final String USER = "operator";
    static final String PASSWORD = "open sesame";

    /** bcrypt of {@link #PASSWORD}, which is all that docker-registry takes. */
    private static final String HTPASSWD =
            USER + ":$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n";

    private final TestHost host;
    private final Path work;
    private final List<Process> processes = new ArrayList<>();

    private Registries(TestHost host) throws IOException {
        this.host = host;
        this.work = Files.createDirectories(host.work().resolve("registries"));
    }

    static Registries start(TestHost host) throws IOException, InterruptedException {
        Registries registries = new Registries(host);
        registries.nginx();
        registries.passworded();
        registries.answers("http://" + SLOW + "/v2/", "200");
        registries.answers("https://" + TLS + "/v2/", "200");
        registries.answers("http://" + BUSY + "/v2/", "429");
        registries.answers("http://" + PASSWORDED + "/v2/", "401");
        return registries;
    }

    private void run(String... command) throws IOException {
        processes.add(
                new ProcessBuilder(host.inside(command))
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("log-" + processes.size()).toFile())
                        .start());
    }

    private void answers(String url, String status) throws InterruptedException {
        WithDaemon.await(
                () ->
                        Command.run(
                                        host.inside(
                                                "curl",
                                                "-sk",
                                                "-o",
                                                "/dev/null",
                                                "-w",
                                                "%{http_code}",
                                                url))
                                .line()
                                .equals(status),
                URI.create(url).getAuthority());
    }

    private void passworded() throws IOException {
        Files.writeString(work.resolve("htpasswd"), HTPASSWD);
        Path config =
                Files.writeString(
                        work.resolve("config.yml"),
                        """
                        version: 0.1
                        log: {level: error, accesslog: {disabled: true}}
                        storage: {filesystem: {rootdirectory: %1$s/storage}}
                        http: {addr: "%2$s", secret: test}
                        auth: {htpasswd: {realm: gantry-test, path: %1$s/htpasswd}}
                        """
                                .formatted(work, PASSWORDED));
        run("docker-registry", "serve", config.toString());
    }

    private void nginx() throws IOException {
        Command.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=127.0.0.1",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        work.resolve("tls.key").toString(),
                        "-out",
                        authority().toString())
                .orFail();
        String proxy =
                "client_max_body_size 0; location / { proxy_set_header Host $http_host;"
                        + " proxy_max_temp_file_size 0; proxy_pass http://%s; %%s }"
                                .formatted(OPEN);
        Path config =
                Files.writeString(
                        work.resolve("nginx.conf"),
                        """
                        daemon off;
                        user root;
                        pid %1$s/nginx.pid;
                        error_log stderr error;
                        events { worker_connections 256; }
                        http {
                          access_log off;
                          client_body_temp_path %1$s/body;
                          proxy_temp_path %1$s/proxy;
                          fastcgi_temp_path %1$s/fastcgi;
                          uwsgi_temp_path %1$s/uwsgi;
                          scgi_temp_path %1$s/scgi;
                          server { listen %2$s; %3$s }
                          server { listen %4$s ssl; ssl_certificate %1$s/tls.crt; ssl_certificate_key %1$s/tls.key; %5$s }
                          server { listen %6$s; add_header Retry-After 1 always; location / { return 429; } }
                        }
                        """
                                .formatted(
                                        work,
                                        SLOW,
                                        proxy.formatted("limit_rate 4m;"),
                                        TLS,
                                        proxy.formatted(
                                                "proxy_set_header X-Forwarded-Proto https;"),
                                        BUSY));
        run("nginx", "-e", "stderr", "-p", work.toString(), "-c", config.toString());
    }

    /** The certificate of the registry that speaks TLS, which is its own authority. */
    Path authority() {
        return work.resolve("tls.crt");
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            try {
                if (process.waitFor(10, TimeUnit.SECONDS)) {
                    continue;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process.destroyForcibly();
        }
    }
}
