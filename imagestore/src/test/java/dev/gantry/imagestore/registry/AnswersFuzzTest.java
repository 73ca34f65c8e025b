package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What registries answer, damaged: taken or refused in words, nothing else. */
class AnswersFuzzTest {
    private static final int ROUNDS = 4000;
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String MANIFEST =
            """
            {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
             "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "%1$s", "size": 7},
             "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "%1$s", "size": 9}],
             "annotations": {"a": "b"}}
            """
                    .formatted(DIGEST);

    private static final String INDEX =
            """
            {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
             "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "%s", "size": 7,
               "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}}]}
            """
                    .formatted(DIGEST);

    private static final String CONFIG =
            """
            {"architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
             "config": {"User": "1:2", "Env": ["A=1"], "Entrypoint": ["/x"], "Cmd": null, "WorkingDir": "/",
               "StopSignal": "SIGTERM", "Volumes": {"/v": {}}, "ExposedPorts": {"80/tcp": {}}, "Labels": {"a": "b"}},
             "rootfs": {"type": "layers", "diff_ids": ["%s"]}}
            """
                    .formatted(DIGEST);

    private final long seed = Long.getLong("gantry.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private String damaged(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(changed.length());
            if (random.nextBoolean()) {
                changed.setCharAt(at, (char) random.nextInt(128));
            } else {
                changed.delete(at, Math.min(changed.length() - 1, at + random.nextInt(8)));
            }
        }
        return changed.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void onlyFailures(
            String what, List<String> good, java.util.function.Consumer<byte[]> parse) {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = damaged(good.get(random.nextInt(good.size())));
            try {
                parse.accept(bytes(text));
                taken++;
            } catch (Failure e) {
                assertThat(e.message()).as("seed %d: %s", seed, text).startsWith(what);
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }

    @Test
    void damagedManifestsAreRefusedInWordsOrTaken() {
        onlyFailures(
                "manifest m",
                List.of(MANIFEST, INDEX),
                body -> assertThat(DocumentParser.parse(body, "", "manifest m")).isNotNull());
    }

    @Test
    void damagedConfigurationsAreRefusedInWordsOrTaken() {
        onlyFailures(
                "config c",
                List.of(CONFIG),
                body -> assertThat(ConfigParser.parse(body, "config c").diffIds()).isNotNull());
    }

    /** Every header gives some list; each challenge has a scheme, and lower case names. */
    @Test
    void anyChallengeIsReadOrPassedOver() {
        String good =
                "Bearer realm=\"https://auth.example/token?a=\\\"b\\\"\",service=\"r\",scope=\"x:y:pull\", Basic realm=r";
        int bearers = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String header = damaged(good);
            for (Challenge challenge : Challenge.parse(List.of(header, damaged(good)))) {
                assertThat(challenge.scheme()).as("seed %d: %s", seed, header).isNotEmpty();
                assertThat(challenge.parameters().keySet())
                        .allSatisfy(
                                name ->
                                        assertThat(name)
                                                .isEqualTo(
                                                        name.toLowerCase(java.util.Locale.ROOT)));
                bearers += challenge.scheme().equals("bearer") ? 1 : 0;
            }
        }
        assertThat(bearers).as("seed %d", seed).isPositive();
    }
}
