package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What plugins print, damaged: taken or refused in words, nothing else. */
class PluginWordsFuzzTest {
    private static final int ROUNDS = 5000;
    private static final String RESULT =
            """
            {"cniVersion": "1.0.0", "interfaces": [{"name": "br0"}, {"name": "eth0", "sandbox": "/n"}],
             "ips": [{"interface": 1, "address": "10.0.0.3/24", "gateway": "10.0.0.1"},
                     {"interface": 1, "address": "fd00::2/64"}, {"address": "10.0.0.2/24"}],
             "routes": [{"dst": "0.0.0.0/0"}], "dns": {"nameservers": ["10.0.0.1"]}}
            """;

    private static final List<String> SPLINTERS =
            List.of(
                    "null",
                    "[]",
                    "{}",
                    "-1",
                    "1e999999999",
                    "1.5",
                    "\"",
                    "\\u0000",
                    "{\"ips\":",
                    "99999999999999999999",
                    "true",
                    "\"::\"",
                    "[[[[");

    private final long seed = Long.getLong("gantry.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private byte[] damaged(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(3)) {
                case 0 -> changed.setCharAt(at, (char) random.nextInt(256));
                case 1 -> changed.insert(at, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                default ->
                        changed.delete(at, Math.min(changed.length(), at + random.nextInt(12) + 1));
            }
            if (changed.isEmpty()) {
                changed.append('{');
            }
        }
        return changed.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void damagedResultsAreRefusedInWordsOrTaken() {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = damaged(RESULT);
            try {
                ObjectNode result = Json.object(text);
                for (CniVersion version : List.of(CniVersion.V0_3_1, CniVersion.V1_0_0)) {
                    ObjectNode converted = Results.as(version, result);
                    assertThat(converted.path("cniVersion").asText()).isEqualTo(version.toString());
                    assertThat(Json.object(Json.bytes(converted))).isEqualTo(converted);
                }
                assertThat(Results.network(result, "eth0").addresses().size())
                        .isLessThanOrEqualTo(result.path("ips").size());
                taken++;
            } catch (Failure e) {
                assertThat(e.message())
                        .as("seed %d, round %d", seed, round)
                        .isNotBlank()
                        .hasSizeLessThan(2000);
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }

    @Test
    void anythingAPluginSaysMakesAnErrorInWords() {
        String good = "{\"cniVersion\":\"1.0.0\",\"code\":11,\"msg\":\"later\",\"details\":\"no\"}";
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String said = new String(damaged(good), StandardCharsets.ISO_8859_1);
            PluginError error = PluginError.of(random.nextInt(256), said, "");
            assertThat(error.inWords()).as("seed %d, round %d", seed, round).isNotBlank();
            understood += error.failureCode() == Failure.Code.UNAVAILABLE ? 1 : 0;
        }
        assertThat(understood).as("seed %d", seed).isPositive();
    }
}
