package dev.gantry.runtime.shim;

/**
 * The bytes that are kept of a command's two outputs together. Either may have nearly all of them;
 * a sixteenth is kept for the other, so that a flood of output does not hide the error. Used by one
 * thread.
 */
final class OutputBudget {
    private final int reserve;
    private int free;

    OutputBudget(int limit) {
        this.reserve = limit / 16;
        this.free = limit;
    }

    /** One output's. */
    final class Share {
        private int reserved = reserve;

        private Share() {
            free -= reserve;
        }

        /** Takes as many of the bytes as there are. */
        int take(int wanted) {
            int own = Math.min(wanted, reserved);
            reserved -= own;
            int common = Math.min(wanted - own, free);
            free -= common;
            return own + common;
        }
    }

    Share share() {
        return new Share();
    }
}
