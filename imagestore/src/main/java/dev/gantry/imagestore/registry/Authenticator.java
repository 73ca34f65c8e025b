package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Answers registries' challenges, and remembers the answers, so that the next request to the same
 * repository with the same credentials needs no second round. A token is never used for other
 * credentials than those it was given for.
 */
final class Authenticator {
    private static final int MAX_REMEMBERED = 512;
    private static final int FETCHES = 64;

    /** A token is not used in its last seconds: it might end on the way. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** Whom an answer is for. */
    record Audience(RegistryHost host, Access access, Identity identity) {
        Optional<RegistryCredentials> credentials() {
            return identity.credentials();
        }
    }

    private record Key(URI base, Access access, Optional<RegistryCredentials> credentials) {}

    private final TokenSource tokens;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, TokenSource.Token> remembered = new LinkedHashMap<>(16, 0.75f, true);

    /** Held while a token is fetched, so that many requests of one pull fetch one. */
    private final List<ReentrantLock> fetching =
            Stream.generate(ReentrantLock::new).limit(FETCHES).toList();

    Authenticator(TokenSource tokens) {
        this.tokens = tokens;
    }

    /** The header that worked before and still should. */
    Optional<String> remembered(Audience audience) {
        lock.lock();
        try {
            TokenSource.Token token = remembered.get(key(audience));
            return token != null && Instant.now().plus(MARGIN).isBefore(token.expires())
                    ? Optional.of(token.header())
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The {@code Authorization} header that answers a 401; empty when there is nothing to answer it
     * with. What another request fetched meanwhile is used.
     *
     * @param refused what the refused request had shown
     */
    Optional<String> answer(
            Audience audience, List<Challenge> challenges, Optional<String> refused) {
        ReentrantLock one = fetching.get(Math.floorMod(key(audience).hashCode(), FETCHES));
        one.lock();
        try {
            Optional<String> fresh = remembered(audience);
            return fresh.isPresent() && !fresh.equals(refused)
                    ? fresh
                    : fetch(audience, challenges);
        } finally {
            one.unlock();
        }
    }

    private Optional<String> fetch(Audience audience, List<Challenge> challenges) {
        Optional<TokenSource.Token> token = token(audience, challenges);
        lock.lock();
        try {
            remembered.remove(key(audience));
            token.ifPresent(t -> remembered.put(key(audience), t));
            if (remembered.size() > MAX_REMEMBERED) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        return token.map(TokenSource.Token::header);
    }

    private Optional<TokenSource.Token> token(Audience audience, List<Challenge> challenges) {
        Optional<RegistryCredentials> credentials = audience.credentials();
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                return Optional.of(bearer(audience, challenge));
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("basic")
                    && credentials.filter(RegistryCredentials::hasPassword).isPresent()) {
                String header = TokenSource.basic(credentials.orElseThrow());
                return Optional.of(new TokenSource.Token(header, Instant.MAX));
            }
        }
        return Optional.empty();
    }

    private TokenSource.Token bearer(Audience audience, Challenge challenge) {
        Optional<String> given =
                audience.credentials()
                        .map(RegistryCredentials::registryToken)
                        .filter(token -> !token.isEmpty());
        if (given.isPresent()) {
            if (!given.get().matches("[\\x21-\\x7e]+")) {
                throw Failure.invalid("the registry token has characters that no token has");
            }
            return new TokenSource.Token("Bearer " + given.get(), Instant.MAX);
        }
        return tokens.fetch(
                audience.host(),
                challenge,
                audience.access().scopes(challenge.get("scope")),
                audience.identity());
    }

    private static Key key(Audience audience) {
        return new Key(audience.host().base(), audience.access(), audience.credentials());
    }
}
