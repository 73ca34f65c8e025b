package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFileTest {
    private static final KernelFile.Names NAMES = new KernelFile.Names("a", "total_b", "ab");
    @TempDir Path directory;

    private OptionalLong number(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("f"), text);
        try (KernelFile reader = KernelFile.borrow()) {
            return reader.number(file.toString());
        }
    }

    @Test
    void numbersAreDecimalOrUnknown() throws IOException {
        assertThat(number("0\n")).hasValue(0);
        assertThat(number("9223372036854771712\n")).hasValue(9223372036854771712L);
        assertThat(number("18446744073709551615\n")).hasValue(Long.MAX_VALUE);
        for (String none : new String[] {"", "\n", "max\n", "-1\n", "1 2\n", "0x1", "1.5"}) {
            assertThat(number(none)).as(none).isEmpty();
        }
        try (KernelFile reader = KernelFile.borrow()) {
            assertThat(reader.number(directory.resolve("gone").toString())).isEmpty();
        }
    }

    @Test
    void pairsAreFoundByTheirWholeName() {
        try (KernelFile reader = KernelFile.borrow()) {
            reader.set("aa 1\na 2\nb 3\ntotal_b x\nab 4".getBytes(StandardCharsets.US_ASCII));
            assertThat(reader.pairs(NAMES)).containsExactly(2, KernelFile.Names.UNKNOWN, 4);
        }
    }

    @Test
    void longFilesAreReadToTheirEndWithinABound() throws IOException {
        String lines =
                IntStream.range(0, 5000)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining("\n"));
        Path file = Files.writeString(directory.resolve("procs"), lines);
        try (KernelFile reader = KernelFile.borrow()) {
            assertThat(reader.readAll(file.toString())).isTrue();
            assertThat(reader.numbers()).hasSize(5000).startsWith(0, 1, 2).endsWith(4998, 4999);
            Files.write(file, new byte[3 * KernelFile.LIMIT]);
            assertThat(reader.readAll(file.toString())).isTrue();
            assertThat(reader.text().length()).isBetween(KernelFile.LIMIT, KernelFile.LIMIT + 8192);
        }
    }

    @Test
    void noTextIsTooStrange() {
        for (long seed = 1; seed <= 2000; seed++) {
            Random random = new Random(seed);
            byte[] text = new byte[random.nextInt(200)];
            random.nextBytes(text);
            for (int i = 0; i < text.length; i++) {
                // Mostly letters of the alphabet in question.
                text[i] =
                        random.nextInt(8) == 0
                                ? text[i]
                                : (byte) "ab_ \n0189x-".charAt((text[i] & 0xff) % 11);
            }
            try (KernelFile reader = KernelFile.borrow()) {
                reader.set(text);
                for (long value : reader.pairs(NAMES)) {
                    assertThat(value).as("seed %d", seed).isGreaterThanOrEqualTo(-1);
                }
                for (int value : reader.numbers()) {
                    assertThat(value).as("seed %d", seed).isNotNegative();
                }
            }
        }
    }
}
