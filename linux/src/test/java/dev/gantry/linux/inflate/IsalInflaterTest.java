package dev.gantry.linux.inflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IsalInflaterTest {
    @BeforeEach
    void installed() {
        assertThat(IsalInflater.available())
                .as("libisal.so.2 is installed (Debian's libisal2) and usable")
                .isTrue();
    }

    private static byte[] deflate(byte[] data, int level) {
        try (Deflater deflater = new Deflater(level, true)) {
            deflater.setInput(data);
            deflater.finish();
            byte[] deflated = new byte[data.length * 2 + 100];
            return Arrays.copyOf(deflated, deflater.deflate(deflated));
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Data and pieces of every size, and what follows the data is given back to the byte. */
    @Test
    void anyDataInAnyPieces() {
        long seed = new Random().nextLong();
        System.out.println("seed of IsalInflaterTest: " + seed);
        Random random = new Random(seed);
        try (IsalInflater inflater = new IsalInflater()) {
            for (int round = 0; round < 400; round++) {
                byte[] data = new byte[random.nextInt(round % 2 == 0 ? 50 : 150_000)];
                int alphabet = 1 + random.nextInt(256);
                for (int i = 0; i < data.length; i++) {
                    data[i] =
                            i > 500 && random.nextInt(3) > 0
                                    ? data[i - 1 - random.nextInt(400)]
                                    : (byte) random.nextInt(alphabet);
                }
                byte[] packed = deflate(data, random.nextInt(10));
                int after = random.nextInt(40);
                byte[] stream = Arrays.copyOf(packed, packed.length + after);
                ByteBuffer input = direct(stream);
                int most = 1 + random.nextInt(random.nextInt(10) == 0 ? 5 : 64 << 10);
                ByteBuffer result = ByteBuffer.allocateDirect(data.length + 1);
                inflater.reset();
                int given = 0;
                while (!inflater.finished()) {
                    int room =
                            Math.min(
                                    result.capacity() - result.position(),
                                    1 + random.nextInt(70_000));
                    int count = inflater.inflate(result.limit(result.position() + room));
                    if (count == 0 && !inflater.finished()) {
                        assertThat(inflater.remaining()).isZero();
                        int piece = Math.min(1 + random.nextInt(most), stream.length - given);
                        assertThat(piece).as("not all data came").isPositive();
                        inflater.input(input.slice(given, piece));
                        given += piece;
                    }
                }
                assertThat(result.flip()).isEqualTo(ByteBuffer.wrap(data));
                assertThat(stream.length - given + inflater.remaining()).isEqualTo(after);
            }
        }
    }

    @Test
    void rubbishIsRefused() {
        try (IsalInflater inflater = new IsalInflater()) {
            inflater.input(direct(new byte[] {-1, -1, -1, -1}));
            assertThatThrownBy(() -> inflater.inflate(ByteBuffer.allocateDirect(100)))
                    .isInstanceOf(Failure.class)
                    .hasMessage("invalid block");
        }
    }

    @Test
    void aClosedOneIsNotUsed() {
        IsalInflater inflater = new IsalInflater();
        inflater.close();
        assertThatThrownBy(inflater::remaining).isInstanceOf(IllegalStateException.class);
    }
}
