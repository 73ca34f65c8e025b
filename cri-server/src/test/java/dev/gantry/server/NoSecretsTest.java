package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import dev.gantry.server.config.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators may show to others has no password, token or private key in it. */
class NoSecretsTest {
    private static final String SECRET = "hunter2-is-no-secret";

    @TempDir private Path dir;

    @Test
    void aVerboseStatusNamesFilesAndNotWhatIsInThem() throws IOException {
        Path key = Files.writeString(dir.resolve("key.pem"), SECRET);
        Path hosts = Files.createDirectories(dir.resolve("certs.d/registry.example"));
        Files.writeString(
                hosts.resolve("hosts.toml"),
                "[host.\"https://registry.example\".header]\nauthorization = \"Basic "
                        + SECRET
                        + "\"\n");
        Path file =
                Files.writeString(
                        dir.resolve("gantryd.toml"),
                        """
                        [registry]
                        certs-dir = "%s"
                        [streaming]
                        tls-certificate = "%s"
                        tls-key = "%s"
                        """
                                .formatted(dir.resolve("certs.d"), key, key));
        CommandLine.Request request =
                CommandLine.parse(List.of("--config", file.toString()), Version.VERSION);
        assertThat(request).isInstanceOf(CommandLine.Request.Run.class);
        String shown = Daemon.info(((CommandLine.Request.Run) request).settings()).settings().get();
        JsonNode settings = new ObjectMapper().readTree(shown).path("settings");
        assertThat(settings.path("streaming.tls-key").asText()).contains(key.toString());
        assertThat(settings.path("registry.certs-dir").asText()).contains("certs.d");
        assertThat(shown).doesNotContain(SECRET);
    }

    /** A record is easily written into a log or a message. */
    @Test
    void credentialsDoNotShowThemselves() {
        for (RegistryCredentials credentials :
                List.of(
                        RegistryCredentials.basic("me", SECRET),
                        new RegistryCredentials("me", SECRET, SECRET, SECRET, "registry"))) {
            assertThat(credentials.toString()).doesNotContain(SECRET);
            assertThat(
                            Map.of(ImageReference.parse("a"), credentials).toString()
                                    + List.of(credentials))
                    .doesNotContain(SECRET);
        }
    }
}
