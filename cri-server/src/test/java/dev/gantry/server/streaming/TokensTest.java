package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final StreamRequest REQUEST = Servers.forward(80);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Tokens tokens = new Tokens(now::get, Duration.ofSeconds(60), 3);

    @Test
    void aTokenServesOnce() {
        String token = tokens.give(REQUEST);
        assertThat(token).matches("[A-Za-z0-9_-]{32}");
        assertThat(tokens.look(token)).contains(REQUEST);
        assertThat(tokens.take(token)).isTrue();
        assertThat(tokens.take(token)).isFalse();
        assertThat(tokens.look(token)).isEmpty();
    }

    @Test
    void aTokenExpires() {
        String token = tokens.give(REQUEST);
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(tokens.look(token)).isPresent();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(tokens.look(token)).isEmpty();
        assertThat(tokens.take(token)).isFalse();
    }

    @Test
    void onlySoManyWait() {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            given.add(tokens.give(REQUEST));
        }
        assertThat(given).hasSize(3);
        assertThatThrownBy(() -> tokens.give(REQUEST))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED));
        now.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(tokens.give(REQUEST)).isNotIn(given);
    }
}
