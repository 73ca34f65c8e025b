package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The data of the archive's current entry, counted as they are taken. */
final class EntryData {
    private final TarReader archive;
    private final Tally tally;

    EntryData(TarReader archive, Tally tally) {
        this.archive = archive;
        this.tally = tally;
    }

    /** Puts some of what is next, at least one byte, into a direct buffer that has room. */
    int read(ByteBuffer target) throws IOException {
        int count = archive.read(target);
        if (count < 0) {
            throw Failure.invalid("data end early");
        }
        tally.bytes(count);
        return count;
    }
}
