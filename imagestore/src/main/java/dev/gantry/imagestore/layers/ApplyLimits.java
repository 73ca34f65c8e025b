package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;

/**
 * What one layer may cost before it is refused as a bomb.
 *
 * @param maxBytes bytes of the unpacked archive, and of any one file in it (holes of sparse files
 *     included)
 * @param maxEntries archive entries, whiteouts and implied directories included
 * @param maxRatio unpacked bytes for one compressed byte, looked at only past {@code ratioFloor}
 * @param ratioFloor unpacked bytes up to which any ratio is accepted
 * @param minFreeBytes bytes that must stay free on the target's file system
 */
public record ApplyLimits(
        long maxBytes, long maxEntries, long maxRatio, long ratioFloor, long minFreeBytes) {

    /**
     * 256 GiB (the largest layers in the field carry model weights of somewhat over 100 GiB), 4
     * million entries, ratio 250 past 8 GiB (a preallocated, zeroed database file reaches gzip's
     * maximum of 1032 and is legitimate; 8 GiB out of less than 32 MiB is not), and 512 MiB left
     * free, so that kubelet's eviction still has room to act.
     */
    public static final ApplyLimits DEFAULT =
            new ApplyLimits(256L << 30, 4_000_000, 250, 8L << 30, 512L << 20);

    public ApplyLimits {
        if (maxBytes < 1 || maxEntries < 1 || maxRatio < 1 || ratioFloor < 0 || minFreeBytes < 0) {
            throw Failure.invalid("layer limits must be positive");
        }
    }
}
