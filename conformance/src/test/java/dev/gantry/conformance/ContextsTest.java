package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two daemons side by side on one node, driven by contexts from one command: one over its UNIX
 * socket, the other over TCP with mutual TLS.
 */
@Tag("root")
@Tag("go")
final class ContextsTest {
    private static final String IMAGE = Configs.BUSYBOX;
    private static final String ADDRESS = "127.0.0.1:9156";

    private static TestHost host;
    private static Gantry gantry;
    private static Daemon here;
    private static Daemon there;
    private static Path keys;

    @BeforeAll
    static void start() throws Exception {
        host = TestHost.start("contexts");
        gantry =
                new Gantry(host, List.of(), List.of())
                        .with("GANTRY_CONFIG=" + host.work().resolve("config"));
        keys = Files.createDirectories(host.work().resolve("keys"));
        authority("ca");
        authority("other");
        issue("server", "ca", "serverAuth", "IP:127.0.0.1");
        issue("client", "ca", "clientAuth", "email:you@example");
        issue("stranger", "other", "clientAuth", "email:they@example");
        here = host.daemon("here").start();
        there =
                host.daemon("there")
                        .configured(
                                """
                                [remote]
                                address = "%s"
                                tls-certificate = "%s"
                                tls-key = "%s"
                                tls-client-ca = "%s"
                                """
                                        .formatted(
                                                ADDRESS,
                                                keys.resolve("server.crt"),
                                                keys.resolve("server.key"),
                                                keys.resolve("ca.crt")))
                        .start();
        // The socket is there first.
        WithDaemon.await(
                () -> far("client", "ca").exitCode() == 0, "an answer to a client that may");
    }

    /** A call over TCP with a client's certificate, trusting an authority. */
    private static Command.Result far(String client, String authority) {
        return gantry.run(
                "-H",
                "tcp://" + ADDRESS,
                "--tlscacert",
                key(authority + ".crt"),
                "--tlscert",
                key(client + ".crt"),
                "--tlskey",
                key(client + ".key"),
                "version");
    }

    private static void refused(Command.Result result, String why) {
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.stdout()).doesNotContain("Server");
        assertThat(result.stderr()).contains(ADDRESS, why);
    }

    @AfterAll
    static void stop() throws Exception {
        try (TestHost closing = host;
                Daemon first = here;
                Daemon second = there) {
            assertThat(closing).isNotNull();
            for (Daemon daemon : new Daemon[] {first, second}) {
                gantry.run("-H", "unix://" + daemon.socket(), "rm", "-f", "one", "two");
            }
        }
    }

    /** As docs/operating.md makes them. */
    private static void authority(String name) {
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=%1$s -keyout %1$s.key -out %1$s.crt"
                        .formatted(name));
    }

    private static void issue(String name, String authority, String usage, String address)
            throws Exception {
        openssl(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr"
                        .formatted(name));
        Files.writeString(
                keys.resolve(name + ".ext"),
                "extendedKeyUsage=%s\nsubjectAltName=%s\n".formatted(usage, address));
        openssl(
                "x509 -req -in %1$s.csr -CA %2$s.crt -CAkey %2$s.key -CAcreateserial -days 30 -extfile %1$s.ext -out %1$s.crt"
                        .formatted(name, authority));
    }

    private static void openssl(String arguments) {
        Command.run("sh", "-c", "cd \"$0\" && umask 077 && openssl " + arguments, keys.toString())
                .orFail();
    }

    private static String key(String name) {
        return keys.resolve(name).toString();
    }

    @Test
    void oneCommandDrivesBoth() {
        gantry.done("context", "create", "near", "--host", "unix://" + here.socket());
        gantry.done(
                "context",
                "create",
                "far",
                "--host",
                "tcp://" + ADDRESS,
                "--tlscacert",
                key("ca.crt"),
                "--tlscert",
                key("client.crt"),
                "--tlskey",
                key("client.key"));
        assertThat(gantry.done("context", "ls")).contains("near", "far", "tcp://" + ADDRESS);

        gantry.done("context", "use", "near");
        gantry.done("pull", "-q", IMAGE);
        gantry.done("run", "-d", "--name", "one", IMAGE, "sleep", "1000");
        gantry.done("--context", "far", "pull", "-q", IMAGE);
        gantry.done("--context", "far", "run", "-d", "--name", "two", IMAGE, "sleep", "1000");

        assertThat(gantry.done("ps", "--format", "{{.Names}}")).isEqualTo("one");
        assertThat(gantry.done("--context", "far", "ps", "--format", "{{.Names}}"))
                .isEqualTo("two");
        gantry.done("context", "use", "far");
        assertThat(gantry.done("ps", "--format", "{{.Names}}")).isEqualTo("two");
        assertThat(gantry.done("exec", "two", "echo", "over TCP")).isEqualTo("over TCP");
        assertThat(gantry.run("exec", "two", "sh", "-c", "exit 7").exitCode()).isEqualTo(7);
        assertThat(gantry.run("exec", "one", "true").stderr())
                .containsIgnoringCase("no such container");
        assertThat(gantry.run("context", "rm", "far").exitCode()).isNotZero();

        gantry.done("rm", "-f", "two");
        assertThat(gantry.done("--context", "near", "ps", "--format", "{{.Names}}"))
                .isEqualTo("one");
        gantry.done("context", "use", "default");
        gantry.done("context", "rm", "far", "near");
        assertThat(gantry.done("context", "ls", "-q")).isEqualTo("default");
    }

    @Test
    void whoHasNoCertificateOfTheAuthorityGetsNothing() {
        refused(
                gantry.run("-H", "tcp://" + ADDRESS, "--tlscacert", key("ca.crt"), "version"),
                "asks for a client certificate");
        refused(far("stranger", "ca"), "asks for a client certificate");
        refused(far("client", "other"), "its certificate is not trusted");
        refused(gantry.run("-H", "tcp://" + ADDRESS, "version"), "answers TLS only");
        List<String> curl =
                host.inside(
                        "curl", "-s", "-m", "5", "--http2-prior-knowledge", "http://" + ADDRESS);
        assertThat(Command.run(curl).stdout()).isEmpty();
    }
}
