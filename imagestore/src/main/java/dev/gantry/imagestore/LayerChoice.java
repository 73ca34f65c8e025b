package dev.gantry.imagestore;

import java.util.Locale;

/** In which form new layers are made; those that are there are used in the form they have. */
public enum LayerChoice {
    /** The form that is better on this machine. */
    AUTO,
    /** EROFS images; the store does not open where the kernel cannot use them. */
    EROFS,
    /** The same, mounted as Linux 6.12 to 6.14 need it: to try that out on newer kernels. */
    EROFS_ATTACHED,
    /** Directories, which every kernel can use. */
    DIRECTORY;

    /** Whether images are made or the store does not open. */
    public boolean mustBeImages() {
        return this == EROFS || this == EROFS_ATTACHED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
