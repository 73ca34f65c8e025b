package dev.gantry.engine;

import dev.gantry.cni.Bandwidth;
import dev.gantry.model.Failure;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pod's traffic limits from the annotations that kubelet passes on, Kubernetes quantities in bits
 * a second: {@code kubernetes.io/ingress-bandwidth: 10M}.
 */
final class BandwidthAnnotations {
    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final String EGRESS = "kubernetes.io/egress-bandwidth";
    private static final Pattern QUANTITY =
            Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|)");
    private static final Map<String, Long> UNITS =
            Map.ofEntries(
                    Map.entry("", 1L),
                    Map.entry("k", 1_000L),
                    Map.entry("M", 1_000_000L),
                    Map.entry("G", 1_000_000_000L),
                    Map.entry("T", 1_000_000_000_000L),
                    Map.entry("P", 1_000_000_000_000_000L),
                    Map.entry("Ki", 1L << 10),
                    Map.entry("Mi", 1L << 20),
                    Map.entry("Gi", 1L << 30),
                    Map.entry("Ti", 1L << 40),
                    Map.entry("Pi", 1L << 50));
    private static final BigDecimal LEAST = BigDecimal.valueOf(1_000L);
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000_000L);

    private BandwidthAnnotations() {}

    static Optional<Bandwidth> of(Map<String, String> annotations) {
        long ingress = bits(annotations, INGRESS);
        long egress = bits(annotations, EGRESS);
        return ingress == 0 && egress == 0
                ? Optional.empty()
                : Optional.of(new Bandwidth(ingress, 0, egress, 0));
    }

    private static long bits(Map<String, String> annotations, String name) {
        String text = annotations.get(name);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            throw Failure.invalid(
                    "annotation %s: \"%s\" is not a quantity such as 10M".formatted(name, text));
        }
        long unit = UNITS.getOrDefault(matcher.group(2), 1L);
        BigDecimal bits = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bits.compareTo(LEAST) < 0 || bits.compareTo(MOST) > 0) {
            throw Failure.invalid(
                    "annotation %s: %s is not between 1k and 1P".formatted(name, text));
        }
        return bits.longValue();
    }
}
