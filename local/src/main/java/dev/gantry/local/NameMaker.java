package dev.gantry.local;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Names of containers: made up where none is given, as docker does, and checked where one is. */
final class NameMaker {
    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    private static final int TRIES = 6;
    private static final List<String> ADJECTIVES =
            List.of(
                    "agile",
                    "amber",
                    "autumn",
                    "brave",
                    "bright",
                    "brisk",
                    "calm",
                    "careful",
                    "cheerful",
                    "clever",
                    "cosmic",
                    "crisp",
                    "curious",
                    "daring",
                    "eager",
                    "early",
                    "earnest",
                    "fancy",
                    "fearless",
                    "gentle",
                    "glad",
                    "golden",
                    "grand",
                    "happy",
                    "honest",
                    "humble",
                    "jolly",
                    "keen",
                    "kind",
                    "lively",
                    "lucid",
                    "lucky",
                    "mellow",
                    "merry",
                    "mild",
                    "modest",
                    "nimble",
                    "noble",
                    "patient",
                    "placid",
                    "polite",
                    "proud",
                    "quick",
                    "quiet",
                    "rapid",
                    "rustic",
                    "sharp",
                    "silent",
                    "silver",
                    "sincere",
                    "snowy",
                    "solid",
                    "steady",
                    "sunny",
                    "swift",
                    "tidy",
                    "tranquil",
                    "vivid",
                    "warm",
                    "wise",
                    "witty",
                    "zealous");
    private static final List<String> SURNAMES =
            List.of(
                    "abel",
                    "agnesi",
                    "babbage",
                    "banach",
                    "bardeen",
                    "bell",
                    "bohr",
                    "boole",
                    "borg",
                    "cantor",
                    "cerf",
                    "chandra",
                    "church",
                    "curie",
                    "darwin",
                    "dirac",
                    "einstein",
                    "elion",
                    "erdos",
                    "euclid",
                    "euler",
                    "fermat",
                    "fermi",
                    "franklin",
                    "galileo",
                    "gauss",
                    "germain",
                    "goodall",
                    "hamilton",
                    "hertz",
                    "hilbert",
                    "hopper",
                    "hypatia",
                    "jackson",
                    "kalam",
                    "kepler",
                    "kilby",
                    "knuth",
                    "kovalevskaya",
                    "lamarr",
                    "leavitt",
                    "lehmann",
                    "liskov",
                    "lovelace",
                    "mayer",
                    "mcclintock",
                    "meitner",
                    "mendel",
                    "mirzakhani",
                    "newton",
                    "noether",
                    "pascal",
                    "pasteur",
                    "perlman",
                    "planck",
                    "poincare",
                    "ramanujan",
                    "raman",
                    "ride",
                    "ritchie",
                    "shannon",
                    "sinoussi",
                    "swartz",
                    "tesla",
                    "thompson",
                    "turing",
                    "villani",
                    "volta",
                    "wiles",
                    "wilson",
                    "wozniak",
                    "wright",
                    "yonath");

    private final RandomGenerator random;

    NameMaker(RandomGenerator random) {
        this.random = random;
    }

    /** A name that nobody has. */
    String make(Predicate<String> taken) {
        for (int i = 0; i < TRIES; i++) {
            String name = pick(ADJECTIVES) + "_" + pick(SURNAMES);
            if (!taken.test(name)) {
                return name;
            }
        }
        while (true) {
            String name = pick(ADJECTIVES) + "_" + pick(SURNAMES) + random.nextInt(1_000_000);
            if (!taken.test(name)) {
                return name;
            }
        }
    }

    private String pick(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    /** The name as it is kept; docker's clients may put a slash in front. */
    static String check(String asked) {
        String name = asked.startsWith("/") ? asked.substring(1) : asked;
        if (!VALID.matcher(name).matches()) {
            throw Failure.invalid(
                    "invalid container name (%s): only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two characters or more"
                            .formatted(asked));
        }
        return name;
    }
}
