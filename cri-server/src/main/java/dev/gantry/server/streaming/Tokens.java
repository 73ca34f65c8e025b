package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Requests by the token that was given out for them. A token is 192 random bits, serves once, and
 * is forgotten when its time is over.
 */
final class Tokens {
    private static final int BYTES = 24;

    private record Entry(StreamRequest request, long expires) {}

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanos;
    private final Duration life;
    private final int most;

    /** In the order they were given out, which is the order they expire in. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Tokens(LongSupplier nanos, Duration life, int most) {
        this.nanos = nanos;
        this.life = life;
        this.most = most;
    }

    /** A new token for a request. */
    synchronized String give(StreamRequest request) {
        forgetExpired();
        if (entries.size() >= most) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "%d streaming URLs were given out in the last %d s and not used; use them or wait"
                            .formatted(entries.size(), life.toSeconds()));
        }
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        entries.put(token, new Entry(request, nanos.getAsLong() + life.toNanos()));
        return token;
    }

    /** What a token stands for; it can still be taken. */
    synchronized Optional<StreamRequest> look(String token) {
        forgetExpired();
        return Optional.ofNullable(entries.get(token)).map(Entry::request);
    }

    /** Takes a token: true for the one caller that may serve it. */
    synchronized boolean take(String token) {
        forgetExpired();
        return entries.remove(token) != null;
    }

    private void forgetExpired() {
        long now = nanos.getAsLong();
        for (Iterator<Entry> oldest = entries.values().iterator(); oldest.hasNext(); ) {
            if (oldest.next().expires - now > 0) {
                return;
            }
            oldest.remove();
        }
    }
}
