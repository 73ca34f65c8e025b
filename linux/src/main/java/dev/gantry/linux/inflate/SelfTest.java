package dev.gantry.linux.inflate;

import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;

/**
 * Inflates what the JDK has deflated, in odd pieces and with something after its end, before the
 * library is trusted: a library that has laid its state out differently shows here.
 */
final class SelfTest {
    static final boolean PASSED = run();

    private static final int SIZE = 200_000;
    private static final int AFTER = 11;
    private static final int PIECE = 4093;

    private SelfTest() {}

    private static boolean run() {
        try {
            return inflates(Deflater.DEFAULT_STRATEGY)
                    && inflates(Deflater.HUFFMAN_ONLY)
                    && refusesRubbish();
        } catch (UnsatisfiedLinkError | RuntimeException e) {
            return false; // Not installed, another version, or not what it should be.
        }
    }

    private static boolean inflates(int strategy) {
        byte[] data = data();
        ByteBuffer deflated = direct(deflate(data, strategy));
        int size = deflated.limit();
        // With no room left, nobody could tell the end.
        ByteBuffer result = ByteBuffer.allocateDirect(SIZE + 1);
        int given = 0;
        try (IsalInflater inflater = new IsalInflater()) {
            while (!inflater.finished()) {
                if (inflater.inflate(result) == 0 && !inflater.finished()) {
                    int piece = Math.min(PIECE, size - given);
                    if (piece == 0 || inflater.remaining() != 0) {
                        return false;
                    }
                    inflater.input(deflated.slice(given, piece));
                    given += piece;
                }
            }
            int after = size - given + inflater.remaining();
            return after == AFTER && result.flip().equals(ByteBuffer.wrap(data));
        }
    }

    private static boolean refusesRubbish() {
        try (IsalInflater inflater = new IsalInflater()) {
            inflater.input(direct(new byte[] {7, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
            inflater.inflate(ByteBuffer.allocateDirect(100));
            return false;
        } catch (Failure e) {
            return true;
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Some of it compresses well, some not at all, so that blocks of every kind are made. */
    private static byte[] data() {
        byte[] data = new byte[SIZE];
        Random random = new Random(1);
        random.nextBytes(data);
        for (int i = SIZE / 2; i < SIZE; i++) {
            data[i] = random.nextInt(4) == 0 ? (byte) random.nextInt(16) : data[i - 1000];
        }
        return data;
    }

    private static byte[] deflate(byte[] data, int strategy) {
        try (Deflater deflater = new Deflater(6, true)) {
            deflater.setStrategy(strategy);
            deflater.setInput(data);
            deflater.finish();
            byte[] deflated = new byte[2 * SIZE];
            int count = 0;
            while (!deflater.finished()) {
                count += deflater.deflate(deflated, count, deflated.length - count);
            }
            return Arrays.copyOf(deflated, count + AFTER);
        }
    }
}
