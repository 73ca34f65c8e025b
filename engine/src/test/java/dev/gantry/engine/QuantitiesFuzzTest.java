package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.cni.Bandwidth;
import dev.gantry.model.Failure;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kubernetes quantities of annotations: as they are meant, or refused in words. */
class QuantitiesFuzzTest {
    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final List<String> SUFFIXES =
            List.of("", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi");

    private final long seed = Long.getLong("gantry.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static BigDecimal unit(String suffix) {
        int power = suffix.isEmpty() ? 0 : "kKMGTP".indexOf(suffix.charAt(0));
        int steps = power == 0 ? (suffix.isEmpty() ? 0 : 1) : power;
        return BigDecimal.valueOf(suffix.endsWith("i") ? 1024 : 1000).pow(steps);
    }

    @Test
    void quantitiesMeanWhatTheySay() {
        int taken = 0;
        for (int round = 0; round < 5000; round++) {
            String suffix = SUFFIXES.get(random.nextInt(SUFFIXES.size()));
            BigDecimal number =
                    BigDecimal.valueOf(
                            random.nextLong(1L << random.nextInt(1, 50)), random.nextInt(4));
            String text = number.toPlainString() + suffix;
            BigDecimal meant = number.multiply(unit(suffix));
            boolean possible =
                    meant.compareTo(BigDecimal.valueOf(1000)) >= 0
                            && meant.compareTo(BigDecimal.valueOf(1_000_000_000_000_000L)) <= 0;
            try {
                Optional<Bandwidth> read = BandwidthAnnotations.of(Map.of(INGRESS, text));
                assertThat(possible).as("seed %d: %s", seed, text).isTrue();
                assertThat(read.orElseThrow().ingressRate())
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(meant.longValue());
                taken++;
            } catch (Failure e) {
                assertThat(possible).as("seed %d: %s: %s", seed, text, e.message()).isFalse();
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }

    @Test
    void anyOtherTextIsRefusedInWords() {
        String letters = "0123456789.kKMGTPi+-eE \u0660";
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i >= 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                BandwidthAnnotations.of(Map.of(INGRESS, text.toString()))
                        .ifPresent(
                                b ->
                                        assertThat(b.ingressRate())
                                                .isBetween(1000L, 1_000_000_000_000_000L));
            } catch (Failure e) {
                assertThat(e.code())
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(Failure.Code.INVALID_ARGUMENT);
                assertThat(e.message()).contains(INGRESS);
            }
        }
    }
}
