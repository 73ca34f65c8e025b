package dev.gantry.imagestore.manifest;

import dev.gantry.model.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which entry of an index fits a machine best, by the rules that containerd and docker follow:
 * other spellings of an architecture count, arm64 without a variant is v8, and a machine runs the
 * variants below its own, the nearest first; then programs of the 32-bit architecture, where it
 * can. A feature that an entry asks of the operating system is mandatory (OCI image specification,
 * image-index.md), and there is none that Linux is known to have; a version is not held against it.
 */
public final class PlatformChoice {
    private static final Map<String, String> ALIASES =
            Map.of(
                    "x86_64", "amd64",
                    "x86-64", "amd64",
                    "aarch64", "arm64",
                    "i386", "386",
                    "i486", "386",
                    "i586", "386",
                    "i686", "386",
                    "armhf", "arm",
                    "armel", "arm");

    private static final Pattern VARIANT = Pattern.compile("v?([0-9]{1,2})(?:\\.([0-9]{1,2}))?");

    /** The newest arm that 64-bit processors run 32-bit programs of. */
    private static final int ARM_32_BIT = 800;

    private static final int OWN = 1_000_000;
    private static final int SISTER = 100_000;
    private static final int NO_MATCH = -1;

    private PlatformChoice() {}

    /**
     * The best entry for the machine, the first of equals. An entry that names no platform counts
     * last; its configuration will have to fit. Attestations are never chosen.
     */
    public static Optional<Descriptor> choose(List<Descriptor> entries, Machine machine) {
        Optional<Descriptor> best = Optional.empty();
        int bestScore = NO_MATCH;
        for (Descriptor entry : entries) {
            int score = entry.platform().map(p -> score(p, machine)).orElse(0);
            if (score > bestScore && readable(entry) && !entry.isAttestation()) {
                best = Optional.of(entry);
                bestScore = score;
            }
        }
        return best;
    }

    /** Whether a machine runs what is made for {@code offered}. */
    public static boolean runs(Platform offered, Machine machine) {
        return score(offered, machine) > NO_MATCH;
    }

    /** The platforms of an index in words, for who finds none that fits. */
    public static String offers(List<Descriptor> entries) {
        List<String> platforms =
                entries.stream()
                        .filter(entry -> !entry.isAttestation())
                        .flatMap(entry -> entry.platform().stream())
                        .map(Platform::toString)
                        .distinct()
                        .toList();
        long attestations = entries.stream().filter(Descriptor::isAttestation).count();
        String list = platforms.stream().limit(20).collect(Collectors.joining(", "));
        return (list.isEmpty() ? "none" : list)
                + (platforms.size() > 20 ? " and " + (platforms.size() - 20) + " more" : "")
                + (attestations > 0 ? " (beside %d attestations)".formatted(attestations) : "");
    }

    private static boolean readable(Descriptor entry) {
        return entry.mediaType().isEmpty()
                || MediaTypes.isIndex(entry.mediaType())
                || MediaTypes.isManifest(entry.mediaType());
    }

    /** -1 when it does not fit; the higher the nearer, and more than 0 for every fit. */
    private static int score(Platform offered, Machine machine) {
        Platform wanted = machine.platform();
        if (!offered.os().toLowerCase(Locale.ROOT).equals(wanted.os())
                || !wanted.osFeatures().containsAll(offered.osFeatures())) {
            return NO_MATCH;
        }
        String architecture = architecture(wanted);
        String needed = architecture(offered);
        int base;
        int has;
        if (needed.equals(architecture)) {
            base = OWN;
            has = variant(wanted, architecture);
        } else if (machine.runs32Bit() && needed.equals(sister(architecture))) {
            base = SISTER;
            has = needed.equals("arm") ? ARM_32_BIT : 0;
        } else {
            return NO_MATCH;
        }
        int needs = variant(offered, needed);
        if (needs > has) {
            return NO_MATCH;
        }
        int plain = offered.osVersion().isEmpty() ? 1 : 0;
        return base - 2 * (has - needs) + plain;
    }

    /** The architecture whose programs a 64-bit one may run, too. */
    private static String sister(String architecture) {
        return switch (architecture) {
            case "amd64" -> "386";
            case "arm64" -> "arm";
            default -> "";
        };
    }

    private static String architecture(Platform platform) {
        String name = platform.architecture().toLowerCase(Locale.ROOT);
        return ALIASES.getOrDefault(name, name);
    }

    /**
     * A variant as a number, v8.2 as 802; what an architecture means without one is its baseline.
     * One that cannot be understood is above all machines.
     */
    private static int variant(Platform platform, String architecture) {
        String text = platform.variant().toLowerCase(Locale.ROOT);
        Matcher number = VARIANT.matcher(text);
        if (number.matches()) {
            int minor = number.group(2) == null ? 0 : Integer.parseInt(number.group(2));
            return 100 * Integer.parseInt(number.group(1)) + minor;
        }
        if (!text.isEmpty() && List.of("arm64", "arm", "amd64").contains(architecture)) {
            return Integer.MAX_VALUE;
        }
        String spelled = platform.architecture().toLowerCase(Locale.ROOT);
        return switch (architecture) {
            case "arm64" -> 800;
            case "arm" -> spelled.equals("armel") ? 600 : 700;
            case "amd64" -> 100;
            default -> 0;
        };
    }
}
