package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What crictl prints when a pull fails: every host, what was asked as whom, and its answer. */
@Tag("root")
@Tag("go")
class PullErrorsTest extends WithDaemon {
    private static final String SECRET = "hunter2-hunter2";
    private static Registries registries;

    @BeforeAll
    static void startRegistries() throws Exception {
        daemon.stop();
        daemon.configured("[pull]\nattempts = 2\n").start();
        registries = Registries.start(host);
    }

    @AfterAll
    static void stopRegistries() {
        registries.close();
    }

    private static String refused(String... pull) {
        Command.Result result = daemon.crictl(pull);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.stdout() + result.stderr())
                .doesNotContain(SECRET)
                .doesNotContain("Basic ");
        return result.stderr();
    }

    private static void hosts(String registry, String toml) throws IOException {
        Path directory =
                Files.createDirectories(daemon.folder().resolve("certs.d").resolve(registry));
        Files.writeString(directory.resolve("hosts.toml"), toml);
    }

    @Test
    void aWrongPassword() {
        assertThat(
                        refused(
                                "pull",
                                "--creds",
                                Registries.USER + ":" + SECRET,
                                Registries.PASSWORDED + "/a/b:1"))
                .contains("Unauthenticated")
                .contains("pull " + Registries.PASSWORDED + "/a/b:1")
                .contains("http://" + Registries.PASSWORDED + "/v2/a/b/manifests/1")
                .contains("as user \\\"" + Registries.USER + "\\\"")
                .contains("401");
        assertThat(refused("pull", Registries.PASSWORDED + "/a/b:1"))
                .contains("anonymous")
                .contains("401");
    }

    @Test
    void noSuchTag() {
        assertThat(refused("pull", Registries.OPEN + "/pause:no-such"))
                .contains("NotFound")
                .contains("http://" + Registries.OPEN + "/v2/pause/manifests/no-such (anonymous)")
                .contains("404")
                .contains("MANIFEST_UNKNOWN");
    }

    @Test
    void nobodyListens() {
        assertThat(refused("pull", Registries.DOWN + "/pause:3.9"))
                .contains("Unavailable")
                .contains("http://" + Registries.DOWN + "/v2/pause/manifests/3.9")
                .containsIgnoringCase("connection refused");
    }

    @Test
    void anAuthorityThatIsNotKnown() throws Exception {
        hosts(Registries.TLS, "server = \"https://%s\"\n".formatted(Registries.TLS));
        assertThat(refused("pull", Registries.TLS + "/pause:3.9"))
                .contains("Unavailable")
                .contains("https://" + Registries.TLS + "/v2/pause/manifests/3.9")
                .contains("TLS failed: the certificate is of no authority that is trusted")
                .contains("ca in hosts.toml");
        Path directory = daemon.folder().resolve("certs.d").resolve(Registries.TLS);
        Files.delete(directory.resolve("hosts.toml"));
        Files.copy(registries.authority(), directory.resolve("ca.crt"));
        ok("pull", Registries.TLS + "/pause:3.9");
    }

    @Test
    void aRegistryThatIsBusy() {
        assertThat(refused("pull", Registries.BUSY + "/pause:3.9"))
                .contains("ResourceExhausted")
                .contains("http://" + Registries.BUSY + "/v2/pause/manifests/3.9 (anonymous)")
                .contains("429")
                .contains("retry after 1")
                .contains("2 times");
    }

    @Test
    void theMirrorThenTheServer() throws Exception {
        hosts(
                "example.com",
                """
                server = "http://%s"
                [host."http://%s"]
                [host."http://%s"]
                """
                        .formatted(Registries.PASSWORDED, Registries.OPEN, Registries.DOWN));
        String said =
                refused("pull", "--creds", Registries.USER + ":" + SECRET, "example.com/no/such:1");
        assertThat(said).contains("3 hosts of registry example.com");
        List<String> order =
                List.of(
                        "http://" + Registries.OPEN + "/v2/no/such/manifests/1",
                        "http://" + Registries.DOWN + "/v2/no/such/manifests/1",
                        "http://" + Registries.PASSWORDED + "/v2/no/such/manifests/1");
        assertThat(said).containsSubsequence(order).contains("404").contains("401");
    }
}
