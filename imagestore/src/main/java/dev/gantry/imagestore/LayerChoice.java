package dev.gantry.imagestore;

import java.util.Locale;

/** In which form new layers are made; those that are there are used in the form they have. */
public enum LayerChoice {
    /** The form that is better on this machine. */
    AUTO,
    /** EROFS images; the store does not open where the kernel cannot use them. */
    EROFS,
    /** Directories, which every kernel can use. */
    DIRECTORY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
