package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of blobs, and what servers answer to a question for one. */
class BlobRangeTest {
    private static final byte[] BLOB = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = TestImage.digest(BLOB);

    @TempDir Path certs;
    private final FakeRegistry registry = new FakeRegistry().serveBlob("app", DIGEST, BLOB);

    @AfterEach
    void close() {
        registry.close();
    }

    /** Asks for 3 to 7 and remembers what it was given. */
    private static final class Middle implements Repository.PartReader {
        private String text = "";
        private long at = -1;
        private boolean partial;

        @Override
        public long from() {
            return 3;
        }

        @Override
        public long to() {
            return 7;
        }

        @Override
        public void read(InputStream stream, long start, boolean isPart) throws IOException {
            at = start;
            partial = isPart;
            text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Middle read() {
        Middle reader = new Middle();
        new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5))
                .repository(ImageReference.parse(registry.authority() + "/app:1"), Optional.empty())
                .range(DIGEST, BLOB.length, reader);
        return reader;
    }

    @Test
    void aRange() {
        Middle reader = read();
        assertThat(reader.text).isEqualTo("3456");
        assertThat(reader.at).isEqualTo(3);
        assertThat(reader.partial).isTrue();
    }

    @Test
    void aRangeBehindARedirect() {
        try (FakeRegistry other = new FakeRegistry().serveBlob("app", DIGEST, BLOB)) {
            registry.rule(
                    exchange -> {
                        String to = "http://" + other.authority() + exchange.getRequestURI();
                        exchange.getResponseHeaders().set("Location", to);
                        exchange.sendResponseHeaders(307, -1);
                        return true;
                    });
            assertThat(read().text).isEqualTo("3456");
        }
    }

    @Test
    void aServerWithoutRanges() {
        registry.rule(
                exchange -> {
                    FakeRegistry.answer(exchange, 200, "application/octet-stream", BLOB);
                    return true;
                });
        Middle reader = read();
        assertThat(reader.text).isEqualTo("0123456789");
        assertThat(reader.at).isZero();
        assertThat(reader.partial).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes 0-3/10", "bytes 3-7/10", "bytes 3-6/11", "bytes */10", "3-6", ""})
    void anotherRange(String answered) {
        registry.rule(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Range", answered);
                    FakeRegistry.answer(exchange, 206, "application/octet-stream", new byte[4]);
                    return true;
                });
        assertThatThrownBy(this::read)
                .hasMessageContaining("was asked for the bytes 3-6 of 10 and answered with")
                .extracting(e -> ((Failure) e).code())
                .isEqualTo(Failure.Code.DATA_LOSS);
    }

    @Test
    void aRangeOfAnotherLength() {
        registry.rule(
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Range", "bytes 3-6/10");
                    FakeRegistry.answer(exchange, 206, "application/octet-stream", new byte[5]);
                    return true;
                });
        assertThatThrownBy(this::read).hasMessageContaining("announced 5 bytes of a range of 4");
    }
}
