package dev.gantry.runtime;

/**
 * How to attach to a container's first process.
 *
 * @param beforeStart attach before the container is started, so that nothing it writes is missed;
 *     the streams are connected once it starts
 * @param holding whoever reads slowly holds the container up and gets everything, from the
 *     beginning of the line that is being written; else it loses its attachment
 */
public record AttachOptions(StreamOptions streams, boolean beforeStart, boolean holding) {
    /** To one that runs, without ever holding it up. */
    public static AttachOptions of(StreamOptions streams) {
        return new AttachOptions(streams, false, false);
    }
}
