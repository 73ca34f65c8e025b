package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config.json} and its helpers, which are real programs here. */
class CredentialsFileTest {
    @TempDir Path directory;
    private Path file;
    private Path helpers;
    private CredentialsFile credentials;

    @BeforeEach
    void open() throws IOException {
        file = directory.resolve("config.json");
        helpers = Files.createDirectory(directory.resolve("bin"));
        credentials = file(Duration.ofSeconds(10));
    }

    private CredentialsFile file(Duration deadline) {
        return new CredentialsFile(
                file, new CredentialHelper(Optional.of(helpers), "/usr/bin:/bin", deadline));
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private void helper(String name, String script) throws IOException {
        Path program =
                Files.writeString(
                        helpers.resolve("docker-credential-" + name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private static String auth(String user, String password) {
        String pair = user + ":" + password;
        return "{\"auth\":\"%s\"}"
                .formatted(
                        Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private String user(String server, String repository) {
        return credentials
                .find(server, repository)
                .credentials()
                .map(RegistryCredentials::username)
                .orElse("-");
    }

    @Test
    void withoutAFileItIsNobody() {
        assertThat(credentials.find("docker.io", "library/a")).isEqualTo(Identity.NOBODY);
    }

    @Test
    void theLongestKeyCounts() throws IOException {
        write(
                """
                {"auths": {
                  "https://index.docker.io/v1/": %s,
                  "quay.io": %s,
                  "quay.io/team": %s,
                  "quay.io/team/app": %s,
                  "https://old.example/v2/": %s,
                  "host.example:5000": {"username": "plain", "password": "p"},
                  "empty.example": {}
                }}
                """
                        .formatted(
                                auth("hub", "1"),
                                auth("quay", "2"),
                                auth("team", "3"),
                                auth("app", "4"),
                                auth("old", "5")));
        assertThat(user("docker.io", "library/nginx")).isEqualTo("hub");
        assertThat(user("quay.io", "other/app")).isEqualTo("quay");
        assertThat(user("quay.io", "team/tool")).isEqualTo("team");
        assertThat(user("quay.io", "team/app")).isEqualTo("app");
        assertThat(user("quay.io", "team/application")).isEqualTo("team");
        assertThat(user("quay.io", "teamwork/app")).isEqualTo("quay");
        assertThat(user("old.example", "a/b")).isEqualTo("old");
        assertThat(user("host.example:5000", "a")).isEqualTo("plain");
        assertThat(user("host.example", "a")).isEqualTo("-");
        assertThat(user("empty.example", "a")).isEqualTo("-");
        assertThat(user("quay.io.evil.example", "team/app")).isEqualTo("-");
    }

    @Test
    void tokens() throws IOException {
        write(
                """
                {"auths": {
                  "id.example": {"auth": "PHRva2VuPjo=", "identitytoken": "idt"},
                  "bearer.example": {"registrytoken": "rt"}
                }}
                """);
        assertThat(credentials.find("id.example", "a").credentials().orElseThrow().identityToken())
                .isEqualTo("idt");
        Identity bearer = credentials.find("bearer.example", "a");
        assertThat(bearer.credentials().orElseThrow().registryToken()).isEqualTo("rt");
        assertThat(bearer.words()).isEqualTo("the bearer of a registry token of " + file);
    }

    @Test
    void aChangedFileIsReadAnew() throws IOException {
        write("{\"auths\": {\"a.example\": %s}}".formatted(auth("one", "x")));
        assertThat(user("a.example", "a")).isEqualTo("one");
        write("{\"auths\": {\"a.example\": %s}}".formatted(auth("another", "x")));
        assertThat(user("a.example", "a")).isEqualTo("another");
        Files.delete(file);
        assertThat(user("a.example", "a")).isEqualTo("-");
    }

    @Test
    void helpersAreAskedByTheirProtocol() throws IOException {
        helper(
                "echo",
                """
                [ "$#" = 1 ] && [ "$1" = get ] || exit 9
                read -r server
                echo "$server" >>%1$s/asked
                case $server in
                  https://index.docker.io/v1/) echo '{"Username":"hub","Secret":"s"}' ;;
                  id.example) echo '{"ServerURL":"id.example","Username":"<token>","Secret":"idt"}' ;;
                  *) echo 'credentials not found in native keychain'; exit 1 ;;
                esac
                """
                        .formatted(directory));
        helper("special", "cat >/dev/null; echo '{\"Username\":\"special\",\"Secret\":\"s\"}'\n");
        write(
                """
                {"credsStore": "echo",
                 "credHelpers": {"special.example": "special", "mixed.example": "echo"},
                 "auths": {"https://index.docker.io/v1/": {}, "mixed.example": %s,
                           "mixed.example/team": %s}}
                """
                        .formatted(auth("written", "x"), auth("team", "x")));
        assertThat(user("docker.io", "library/a")).isEqualTo("hub");
        assertThat(credentials.find("id.example", "a").credentials().orElseThrow().identityToken())
                .isEqualTo("idt");
        assertThat(credentials.find("special.example", "a").words())
                .isEqualTo("user \"special\" of docker-credential-special");
        assertThat(user("mixed.example", "a")).isEqualTo("written");
        assertThat(user("mixed.example", "team/a")).isEqualTo("team");
        assertThat(user("unknown.example", "a")).isEqualTo("-");
        assertThat(Files.readString(directory.resolve("asked")))
                .contains("https://index.docker.io/v1/\n", "unknown.example\n")
                .doesNotContain("special.example");
    }

    private void wrong(String helper, String message) throws IOException {
        write("{\"credHelpers\": {\"x.example\": \"%s\"}}".formatted(helper));
        assertThatThrownBy(() -> credentials.find("x.example", "a"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void helpersThatFail() throws IOException {
        helper("fails", "echo 'no keychain here'; exit 3\n");
        helper("leaks", "echo '{\"Username\":\"u\",\"Secret\":\"s3cret\"}'; exit 4\n");
        helper("garbage", "echo 's3cret {'\n");
        helper("empty", "echo '{\"Username\":\"u\"}'\n");
        helper("floods", "head -c 400000 /dev/zero\n");
        wrong("missing", "there is no program docker-credential-missing in [" + helpers);
        wrong("../../bin/sh", "is not the name of a credential helper");
        wrong("fails", "it ended with status 3: no keychain here");
        wrong("leaks", "it ended with status 4");
        wrong("garbage", "not valid JSON");
        wrong("empty", "has no Secret");
        wrong("floods", "more than 256 KiB");
    }

    @Test
    void aHelperThatHangsIsKilledWithItsChildren() throws Exception {
        helper("hangs", "sleep 600 & echo $! >%s/child; wait\n".formatted(directory));
        write("{\"credsStore\": \"hangs\"}");
        CredentialsFile impatient = file(Duration.ofSeconds(1));
        assertThatThrownBy(() -> impatient.find("x.example", "a"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED))
                .hasMessageContaining("did not answer in 1 s");
        long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
        for (int i = 0; i < 100 && ProcessHandle.of(child).isPresent(); i++) {
            Thread.sleep(50);
        }
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void mistakesAreNamedWithoutWhatIsWritten() throws IOException {
        for (String text :
                new String[] {
                    "{\"auths\": {\"x.example\": {\"auth\": \"s3cret!\"}}}",
                    "{\"auths\": {\"x.example\": \"s3cret\"}}",
                    "{\"auths\": [\"s3cret\"]}",
                    "{\"auths\": {\"x.example\": s3cret}}",
                    "[\"s3cret\"]"
                }) {
            write(text);
            assertThatThrownBy(() -> credentials.find("x.example", "a"))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                    .hasMessageContaining(file.toString())
                    .message()
                    .doesNotContain("s3cret");
        }
    }
}
