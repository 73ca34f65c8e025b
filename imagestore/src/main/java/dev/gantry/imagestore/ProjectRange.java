package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ids of project quotas from the first to the last, both included. */
public record ProjectRange(long first, long last) {
    /** Far from where kubelet (1048577), docker and podman (1), and people begin to count. */
    public static final ProjectRange DEFAULT = new ProjectRange(2_000_000_000L, 2_000_999_999L);

    /** One less than the id that stands for none. */
    private static final long MOST = 0xffff_fffeL;

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})");

    public ProjectRange {
        if (first < 1 || last < first || last > MOST) {
            throw Failure.invalid(
                    "%d-%d is no range of projects: they go from 1 to %d"
                            .formatted(first, last, MOST));
        }
    }

    /** Parses two numbers with a dash between. */
    public static Optional<ProjectRange> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ProjectRange(
                            Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    public boolean contains(long id) {
        return first <= id && id <= last;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
