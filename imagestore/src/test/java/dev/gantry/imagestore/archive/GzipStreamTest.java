package dev.gantry.imagestore.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.inflate.IsalInflater;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both inflaters behind the same checks, and each against the other. */
class GzipStreamTest {
    /** Which inflater. */
    enum By {
        ISAL,
        ZLIB;

        private RawInflater make() {
            return switch (this) {
                case ISAL -> new RawInflater.Isal();
                case ZLIB -> new RawInflater.Zlib();
            };
        }

        byte[] read(InputStream in) throws IOException {
            try (GzipStream stream = new GzipStream(in, make())) {
                return stream.readAllBytes();
            }
        }

        byte[] read(byte[] in) throws IOException {
            return read(new ByteArrayInputStream(in));
        }
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        return out.toByteArray();
    }

    private static byte[] data(Random random, int size) {
        byte[] data = new byte[size];
        for (int i = 0; i < size; i++) {
            data[i] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : data[i / 2];
        }
        return data;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Members of any size, read in pieces as a socket gives them. */
    @ParameterizedTest
    @EnumSource
    void manyMembers(By by) throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed of GzipStreamTest: " + seed);
        Random random = new Random(seed);
        byte[] expected = new byte[0];
        byte[] stream = new byte[0];
        for (int i = 0; i < 60; i++) {
            byte[] part = data(random, random.nextInt(i % 3 == 0 ? 3 : 40_000));
            expected = join(expected, part);
            stream = join(stream, gzip(part));
        }
        stream = join(stream, new byte[1000]); // padding, as on tapes
        InputStream pieces =
                new FilterInputStream(new ByteArrayInputStream(stream)) {
                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return super.read(into, offset, Math.min(length, 1 + random.nextInt(3000)));
                    }
                };
        assertThat(by.read(pieces)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void everyTruncation(By by) throws IOException {
        byte[] stream = gzip(data(new Random(1), 3000));
        for (int length = 0; length < stream.length; length++) {
            byte[] cut = Arrays.copyOf(stream, length);
            assertThatThrownBy(() -> by.read(cut))
                    .isInstanceOf(Failure.class)
                    .hasMessage("gzip stream is truncated");
        }
    }

    @ParameterizedTest
    @EnumSource
    void checksumAndLength(By by) throws IOException {
        byte[] stream = gzip(data(new Random(1), 3000));
        byte[] sum = stream.clone();
        sum[stream.length - 8] ^= 1;
        assertThatThrownBy(() -> by.read(sum)).hasMessageContaining("checksum does not match");
        byte[] length = stream.clone();
        length[stream.length - 4] ^= 1;
        assertThatThrownBy(() -> by.read(length)).hasMessageContaining("length does not match");
        assertThatThrownBy(() -> by.read(join(stream, new byte[] {0, 7})))
                .hasMessageContaining("followed by bytes that are not gzip");
    }

    @ParameterizedTest
    @EnumSource
    void corruptDataAreTheArchivesFault(By by) throws IOException {
        byte[] stream = gzip(new byte[100]);
        stream[10] = 7; // the last block, of the type that does not exist
        assertThatThrownBy(() -> by.read(stream))
                .hasMessageContaining("gzip stream is corrupt: invalid block")
                .extracting(e -> ((Failure) e).code())
                .isEqualTo(Failure.Code.INVALID_ARGUMENT);
    }

    /** What one takes, the other takes, with the same result. */
    @Test
    void bothAgreeOnDamagedStreams() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed of GzipStreamTest: " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            byte[] stream = gzip(data(random, random.nextInt(2000)));
            for (int i = random.nextInt(3); i > 0; i--) {
                stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
            }
            String isal = outcome(By.ISAL, stream);
            assertThat(isal).isEqualTo(outcome(By.ZLIB, stream));
            refused += isal.equals("refused") ? 1 : 0;
        }
        assertThat(refused).isBetween(600, 1600);
    }

    private static String outcome(By by, byte[] stream) throws IOException {
        try {
            return Arrays.toString(by.read(stream));
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT);
            return "refused";
        }
    }

    @Test
    void theFastestIsChosen() {
        try (RawInflater best = RawInflater.best()) {
            assertThat(best instanceof RawInflater.Isal).isEqualTo(IsalInflater.available());
        }
    }
}
