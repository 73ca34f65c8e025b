package dev.gantry.imagestore.erofs;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a file come from, in order. */
@FunctionalInterface
public interface FileContent {
    /**
     * Puts some of what is next into a direct buffer that has room, and moves its position.
     *
     * @return how many bytes, at least 1; content that ends early is a failure
     */
    int read(ByteBuffer target) throws IOException;
}
