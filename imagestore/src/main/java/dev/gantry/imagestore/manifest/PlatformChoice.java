package dev.gantry.imagestore.manifest;

import dev.gantry.model.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which entry of an index fits a platform best, by the rules that containerd and docker follow:
 * other spellings of an architecture count, arm64 without a variant is v8, and a machine runs the
 * variants below its own, the nearest first.
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

    private static final int NO_MATCH = -1;

    private PlatformChoice() {}

    /**
     * The best entry for the platform, the first of equals. An entry that names no platform counts
     * last; its configuration will have to fit.
     */
    public static Optional<Descriptor> choose(List<Descriptor> entries, Platform wanted) {
        Optional<Descriptor> best = Optional.empty();
        int bestScore = NO_MATCH;
        for (Descriptor entry : entries) {
            int score = entry.platform().map(p -> score(p, wanted)).orElse(0);
            if (score > bestScore && readable(entry)) {
                best = Optional.of(entry);
                bestScore = score;
            }
        }
        return best;
    }

    /** Whether a machine of the platform {@code wanted} runs what is made for {@code offered}. */
    public static boolean runs(Platform offered, Platform wanted) {
        return score(offered, wanted) > NO_MATCH;
    }

    private static boolean readable(Descriptor entry) {
        return entry.mediaType().isEmpty()
                || MediaTypes.isIndex(entry.mediaType())
                || MediaTypes.isManifest(entry.mediaType());
    }

    /** -1 when it does not fit; the higher the nearer, and more than 0 for every fit. */
    private static int score(Platform offered, Platform wanted) {
        String architecture = architecture(wanted);
        if (!offered.os().toLowerCase(Locale.ROOT).equals(wanted.os())
                || !architecture(offered).equals(architecture)) {
            return NO_MATCH;
        }
        int has = variant(wanted, architecture);
        int needs = variant(offered, architecture);
        return needs > has ? NO_MATCH : 100 - (has - needs);
    }

    private static String architecture(Platform platform) {
        String name = platform.architecture().toLowerCase(Locale.ROOT);
        return ALIASES.getOrDefault(name, name);
    }

    /** The number of a variant; what an architecture means without one is its baseline. */
    private static int variant(Platform platform, String architecture) {
        String text = platform.variant().toLowerCase(Locale.ROOT);
        String digits = text.startsWith("v") ? text.substring(1) : text;
        if (digits.matches("[0-9]{1,2}")) {
            return Integer.parseInt(digits);
        }
        String spelled = platform.architecture().toLowerCase(Locale.ROOT);
        return switch (architecture) {
            case "arm64" -> 8;
            case "arm" -> spelled.equals("armel") ? 6 : 7;
            case "amd64" -> 1;
            default -> 0;
        };
    }
}
