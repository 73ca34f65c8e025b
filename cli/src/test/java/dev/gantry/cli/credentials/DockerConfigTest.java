package dev.gantry.cli.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.cli.connect.Places;
import dev.gantry.proto.v1.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {
    @TempDir private Path here;

    private DockerConfig config() {
        return DockerConfig.of(new Places(Map.of("DOCKER_CONFIG", here.toString()), here));
    }

    private static Credentials jane(String password) {
        return Credentials.newBuilder().setUsername("jane").setPassword(password).build();
    }

    @Test
    void whatIsStoredIsFoundByTheImagesName() throws IOException {
        Files.writeString(here.resolve("config.json"), "{\"detachKeys\": \"ctrl-x\"}");
        config().store("reg.example.org:5000", jane("a:b"));
        config().store("docker.io", jane("c"));
        assertThat(config().forImage("reg.example.org:5000/team/web:1")).isEqualTo(jane("a:b"));
        assertThat(config().forImage("nginx")).isEqualTo(jane("c"));
        assertThat(config().forImage("localhost/nginx"))
                .isEqualTo(Credentials.getDefaultInstance());
        Path file = here.resolve("config.json");
        assertThat(file).content().contains("\"detachKeys\"", "\"https://index.docker.io/v1/\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(config().erase("docker.io")).isTrue();
        assertThat(config().find("docker.io")).isEmpty();
        assertThat(config().erase("docker.io")).isFalse();
    }

    @Test
    void anIdentityTokenIsKeptInPlaceOfThePassword() {
        Credentials token =
                Credentials.newBuilder().setUsername("jane").setIdentityToken("t").build();
        config().store("r.example.org", token);
        assertThat(config().find("r.example.org")).contains(token);
    }
}
