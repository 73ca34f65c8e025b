package dev.gantry.imagestore.erofs;

import java.io.IOException;

/** Where the bytes of a file come from, in order. */
@FunctionalInterface
public interface FileContent {
    /**
     * Reads some of what is next.
     *
     * @param length at least 1
     * @return how many bytes were read, at least 1; content that ends early is a failure
     */
    int read(byte[] target, int offset, int length) throws IOException;
}
