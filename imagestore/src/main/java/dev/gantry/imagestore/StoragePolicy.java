package dev.gantry.imagestore;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an image store keeps on disk, and how much.
 *
 * @param keepBlobs whether layers' blobs stay once they are unpacked; those from a registry are
 *     otherwise dropped, and fetched again when a push or an archive needs them
 * @param pinned references of images that are shown as pinned, which kubelet then never collects;
 *     {@code *} stands for any text
 * @param referrers whether what refers to an image is pulled and kept with it unless a pull says so
 *     itself; a pull does not fail for it
 * @param writable how much containers may write
 */
public record StoragePolicy(
        boolean keepBlobs, List<String> pinned, boolean referrers, WritableSettings writable) {
    /** Keeps blobs, pins nothing, leaves referrers where they are, and sets no limits. */
    public static final StoragePolicy DEFAULT =
            new StoragePolicy(true, List.of(), false, WritableSettings.DEFAULT);

    public StoragePolicy {
        pinned = List.copyOf(pinned);
    }

    public StoragePolicy withKeepBlobs(boolean keep) {
        return new StoragePolicy(keep, pinned, referrers, writable);
    }

    public StoragePolicy withPinned(List<String> references) {
        return new StoragePolicy(keepBlobs, references, referrers, writable);
    }

    public StoragePolicy withReferrers(boolean pull) {
        return new StoragePolicy(keepBlobs, pinned, pull, writable);
    }

    public StoragePolicy withWritable(WritableSettings other) {
        return new StoragePolicy(keepBlobs, pinned, referrers, other);
    }

    /** Whether a reference is one of those that are pinned. */
    boolean pins(String reference) {
        return pinned.stream().anyMatch(pattern -> matches(pattern, reference));
    }

    private static boolean matches(String pattern, String reference) {
        String regex =
                Pattern.compile("\\*")
                        .splitAsStream(pattern + " ")
                        .map(part -> Pattern.quote(part))
                        .collect(Collectors.joining(".*"));
        return (reference + " ").matches(regex);
    }
}
