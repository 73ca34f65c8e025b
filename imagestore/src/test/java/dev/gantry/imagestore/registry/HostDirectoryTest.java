package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.registry.RegistryHost.Capability;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDirectoryTest {
    @TempDir Path certs;

    private List<RegistryHost> hosts(String registry) {
        return new HostDirectory(certs).hosts(registry);
    }

    private Path write(String directory, String text) throws IOException {
        Path file = certs.resolve(directory).resolve("hosts.toml");
        Files.createDirectories(certs.resolve(directory));
        return Files.writeString(file, text);
    }

    @Test
    void withoutFilesItIsTheRegistryItself() {
        assertThat(hosts("docker.io")).hasToString("[https://registry-1.docker.io/v2]");
        assertThat(hosts("quay.io:8443")).hasToString("[https://quay.io:8443/v2]");
        assertThat(hosts("quay.io").getFirst().namespace()).isEmpty();
    }

    @Test
    void plainHttpOnlyToThisMachine() {
        assertThat(hosts("localhost:5000")).hasToString("[http://localhost:5000/v2]");
        assertThat(hosts("127.0.0.1:5000")).hasToString("[http://127.0.0.1:5000/v2]");
        assertThat(hosts("[::1]:5000")).hasToString("[http://[::1]:5000/v2]");
        assertThat(hosts("localhost:443")).hasToString("[https://localhost:443/v2]");
        assertThat(hosts("localhost.example")).hasToString("[https://localhost.example/v2]");
        assertThat(hosts("10.0.0.1:5000")).hasToString("[https://10.0.0.1:5000/v2]");
    }

    @Test
    void mirrorsInTheOrderOfTheFileThenTheServer() throws IOException {
        Path ca = Files.createFile(certs.resolve("ca.pem"));
        write(
                "registry.k8s.io",
                """
                server = "https://registry.k8s.io"

                [host."https://zeta.example:5443"]
                  capabilities = ["pull"]
                  ca = "%s"
                  skip_verify = true
                  [host."https://zeta.example:5443".header]
                    X-Key = "secret"
                    X-Many = ["a", "b"]

                [host."http://alpha.example/prefix/"]
                  capabilities = ["pull", "resolve", "push"]

                [host."beta.example/deep/path"]
                  override_path = true
                """
                        .formatted(ca));
        List<RegistryHost> hosts = hosts("registry.k8s.io");
        assertThat(hosts)
                .hasToString(
                        "[https://zeta.example:5443/v2, http://alpha.example/prefix/v2,"
                                + " https://beta.example/deep/path, https://registry.k8s.io/v2]");
        RegistryHost zeta = hosts.getFirst();
        assertThat(zeta.capabilities()).containsExactly(Capability.PULL);
        assertThat(zeta.dial())
                .isEqualTo(new RegistryHost.Dial(true, List.of(ca), List.of(), Optional.empty()));
        assertThat(zeta.headers())
                .containsEntry("X-Key", List.of("secret"))
                .containsEntry("X-Many", List.of("a", "b"));
        assertThat(hosts)
                .extracting(host -> host.namespace().orElse(""))
                .containsExactly("registry.k8s.io", "registry.k8s.io", "registry.k8s.io", "");
        assertThat(zeta.uri("pause/manifests/3.9"))
                .hasToString("https://zeta.example:5443/v2/pause/manifests/3.9?ns=registry.k8s.io");
    }

    @Test
    void formsOfTheDirectory() throws IOException {
        write("_default", "[host.\"https://any.example\"]");
        assertThat(hosts("one.example:5000"))
                .hasToString("[https://any.example/v2, https://one.example:5000/v2]");
        write("one.example:5000", "[host.\"https://colon.example\"]");
        assertThat(hosts("one.example:5000").getFirst()).hasToString("https://colon.example/v2");
        write("one.example_5000_", "[host.\"https://underscore.example\"]");
        assertThat(hosts("one.example:5000").getFirst())
                .hasToString("https://underscore.example/v2");
    }

    @Test
    void theServerMayBeConfiguredAtTheTop() throws IOException {
        write(
                "intern.example",
                "server = \"http://intern.example:5000\"\ncapabilities = [\"pull\"]\n");
        RegistryHost server = hosts("intern.example").getFirst();
        assertThat(server).hasToString("http://intern.example:5000/v2");
        assertThat(server.capabilities()).containsExactly(Capability.PULL);
    }

    @Test
    void mistakesNameTheLine() throws IOException {
        mistake("server = ", 1, "");
        mistake("\n\nservers = \"x\"", 3, "unknown key \"servers\"");
        mistake("[host.\"https://a\"]\nmirror = true", 2, "unknown key \"mirror\"");
        mistake("[host.\"ftp://a\"]", 1, "neither an https:// nor an http://");
        mistake("[host.\"https://a\"]\ncapabilities = [\"pul\"]", 2, "capability \"pul\"");
        mistake("[host.\"https://a\"]\nskip_verify = \"yes\"", 2, "neither true nor false");
        mistake("[host.\"https://a\"]\nca = \"/nowhere.pem\"", 2, "ca /nowhere.pem cannot be read");
        mistake("[host.\"https://a\"]\nclient = \"/x.pem\"", 2, "client /x.pem cannot be read");
        mistake("[host.\"https://a\"]\nclient = 3", 2, "neither a file nor an array");
        mistake("[host.\"https://a\"]\ndial_timeout = \"soon\"", 2, "not a duration");
        mistake("[host.\"https://a\"]\nheader = { Host = \"b\" }", 2, "set by each request itself");
        mistake("host = 3", 1, "not a table");
    }

    private void mistake(String text, int line, String message) throws IOException {
        Path file = write("bad.example", text);
        assertThatThrownBy(() -> hosts("bad.example"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure ->
                                assertThat(failure.code())
                                        .isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageStartingWith(file + ", line " + line + ":")
                .hasMessageContaining(message);
    }

    @Test
    void aSecretInAUrlIsNotRepeated() throws IOException {
        write("bad.example", "[host.\"https://user:hunter2@a\"]");
        assertThatThrownBy(() -> hosts("bad.example")).message().doesNotContain("hunter2");
    }
}
