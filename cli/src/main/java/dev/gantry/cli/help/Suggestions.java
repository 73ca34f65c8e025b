package dev.gantry.cli.help;

import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.Verbs;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody who mistyped a verb may have meant. */
public final class Suggestions {
    private static final int FARTHEST = 2;

    private Suggestions() {}

    private record Near(String name, int distance) {}

    /** The nearest name, if one is near. */
    public static Optional<String> of(String typed, Verbs verbs) {
        return verbs.all()
                .filter(verb -> !verb.hidden())
                .flatMap(Suggestions::names)
                .map(name -> new Near(name, distance(typed, name)))
                .filter(near -> near.distance <= Math.min(FARTHEST, typed.length() - 1))
                .min(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .map(Near::name);
    }

    private static Stream<String> names(Verb verb) {
        return Stream.concat(Stream.of(verb.path()), verb.aliases().stream());
    }

    /** Insertions, deletions, changes, and exchanges of neighbours, each counted once. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                boolean exchanged =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (exchanged) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
