package dev.gantry.imagestore.rootfs;

import dev.gantry.model.Failure;

/**
 * How many layers the kernel puts on top of one another. Since Linux 6.5 each is added by itself,
 * 500 at most; before, all must fit into one page of mount options, as descriptors' paths.
 */
final class LayerLimit {
    private static final int ONE_BY_ONE = 500;
    private static final int ONE_PAGE = 200;

    private LayerLimit() {}

    /** FAILED_PRECONDITION when this kernel cannot mount that many. */
    static void check(int layers) {
        check(layers, System.getProperty("os.version", ""));
    }

    static void check(int layers, String kernel) {
        int limit = addsOneByOne(kernel) ? ONE_BY_ONE : ONE_PAGE;
        if (layers > limit) {
            throw Failure.precondition(
                    "the image has %d layers, and Linux %s mounts %d at most: build the image with fewer%s"
                            .formatted(
                                    layers,
                                    kernel,
                                    limit,
                                    limit == ONE_PAGE ? ", or use Linux 6.5 or later" : ""));
        }
    }

    private static boolean addsOneByOne(String kernel) {
        String[] parts = kernel.split("[^0-9]+", 3);
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 6 || (major == 6 && Integer.parseInt(parts[1]) >= 5);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return true; // The mount says what is wrong, if anything is.
        }
    }
}
