package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;

/** Content that is sent, as often as it has to be read. */
@FunctionalInterface
public interface UploadSource {
    /** The content from a byte on; whoever asked closes it. */
    InputStream open(long from) throws IOException;
}
