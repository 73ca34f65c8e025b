package dev.gantry.imagestore.manifest;

import dev.gantry.model.Platform;

/**
 * What images are chosen for: a platform, with the variant of the processor.
 *
 * @param runs32Bit whether it also runs programs of the 32-bit architecture that its own came from
 */
public record Machine(Platform platform, boolean runs32Bit) {
    /** The platform of this machine, as far as its processor goes. */
    public static Platform host() {
        return Processor.host();
    }

    /** The machine of a platform; of this one it is looked what else it runs. */
    public static Machine of(Platform platform) {
        String architecture = platform.architecture();
        boolean here = architecture.equals(Platform.host().architecture());
        return new Machine(platform, here && Processor.runs32Bit(architecture));
    }

    @Override
    public String toString() {
        if (!runs32Bit) {
            return platform.toString();
        }
        return platform
                + (platform.architecture().equals("amd64")
                        ? " (and linux/386)"
                        : " (and linux/arm)");
    }
}
