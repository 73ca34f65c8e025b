package dev.gantry.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
final class Nearest {
    private Nearest() {}

    /**
     * The candidate with the smallest edit distance, if that is small enough for a slip of the
     * fingers: a third of the word's length, at least two.
     */
    static Optional<String> to(String word, Collection<String> candidates) {
        int limit = Math.max(2, word.length() / 3);
        return candidates.stream()
                .filter(c -> distance(word, c) <= limit)
                .min(
                        Comparator.comparingInt((String c) -> distance(word, c))
                                .thenComparing(c -> c));
    }

    /** Levenshtein's distance, where {@code _} and {@code -} are one letter. */
    static int distance(String left, String right) {
        String a = left.replace('_', '-');
        String b = right.replace('_', '-');
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
