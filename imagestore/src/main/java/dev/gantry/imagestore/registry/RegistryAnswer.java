package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a registry, or its token server, refused with. It travels as a cause of the {@link Failure},
 * so that whoever decides whether to try again finds it whatever context was added on the way.
 *
 * @param status the HTTP status, of the last host where several were asked
 * @param retryAfter how long the answer asked to wait (Retry-After in seconds or as an HTTP date),
 *     at most a day; empty when it did not say
 */
public record RegistryAnswer(int status, Optional<Duration> retryAfter) {
    private static final Duration MAX_WAIT = Duration.ofDays(1);
    private static final int MAX_CAUSES = 32;
    private static final Set<Failure.Code> NO_ANSWER =
            EnumSet.of(Failure.Code.UNAVAILABLE, Failure.Code.DEADLINE_EXCEEDED);

    /** The answer that a failure is about; empty when there was none, as for a lost connection. */
    public static Optional<RegistryAnswer> of(Failure failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof Carrier carrier) {
                return Optional.of(carrier.answer);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /**
     * Whether the same request may well succeed later: the connection was lost or timed out, or the
     * status is 408, 425, 429 or one of a server's own troubles (500, 502, 503, 504).
     */
    public static boolean isTransient(Failure failure) {
        return of(failure)
                .map(RegistryAnswer::passes)
                .orElseGet(() -> NO_ANSWER.contains(failure.code()));
    }

    private boolean passes() {
        return switch (status) {
            case 408, 425, 429, 500, 502, 503, 504 -> true;
            default -> status > 505;
        };
    }

    static RegistryAnswer of(int status, String retryAfter, Instant now) {
        return new RegistryAnswer(status, wait(retryAfter.strip(), now));
    }

    /** To be the cause of a failure. */
    Throwable asCause() {
        return new Carrier(this);
    }

    private static Optional<Duration> wait(String text, Instant now) {
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(clamp(Duration.ofSeconds(Long.parseLong(text))));
        }
        try {
            Instant at =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(clamp(Duration.between(now, at)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration clamp(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
    }

    /** Carries an answer along a chain of causes. */
    private static final class Carrier extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient RegistryAnswer answer;

        Carrier(RegistryAnswer answer) {
            super("HTTP status " + answer.status(), null, false, false);
            this.answer = answer;
        }
    }
}
