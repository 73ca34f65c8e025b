package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryAnswerTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private static Optional<Duration> wait(String header) {
        return RegistryAnswer.of(429, header, NOW).retryAfter();
    }

    private static Failure failure(int status) {
        return new Failure(
                RegistryErrors.code(status),
                "refused",
                RegistryAnswer.of(status, "3", NOW).asCause());
    }

    @Test
    void retryAfterInSecondsAndAsADate() {
        assertThat(wait("17")).contains(Duration.ofSeconds(17));
        assertThat(wait(" 0 ")).contains(Duration.ZERO);
        assertThat(wait("Sat, 21 Nov 2026 10:01:30 GMT")).contains(Duration.ofSeconds(90));
        assertThat(wait("Sat, 21 Nov 2026 09:00:00 GMT")).contains(Duration.ZERO);
        assertThat(wait("999999999")).contains(Duration.ofDays(1));
        assertThat(List.of("", "-1", "soon", "1e9", "99999999999999999999"))
                .allSatisfy(text -> assertThat(wait(text)).isEmpty());
    }

    @Test
    void contextThatIsAddedLosesNothing() {
        Failure failure = failure(503).during("pull x").during("start pod");
        assertThat(RegistryAnswer.of(failure))
                .contains(new RegistryAnswer(503, Optional.of(Duration.ofSeconds(3))));
    }

    @Test
    void whatMayPass() {
        assertThat(List.of(408, 425, 429, 500, 502, 503, 504, 520))
                .allSatisfy(s -> assertThat(RegistryAnswer.isTransient(failure(s))).isTrue());
        assertThat(List.of(400, 401, 403, 404, 410, 416, 501, 505))
                .allSatisfy(s -> assertThat(RegistryAnswer.isTransient(failure(s))).isFalse());
        assertThat(RegistryAnswer.isTransient(new Failure(Failure.Code.UNAVAILABLE, "reset")))
                .isTrue();
        assertThat(RegistryAnswer.isTransient(new Failure(Failure.Code.DATA_LOSS, "lied")))
                .isFalse();
    }
}
