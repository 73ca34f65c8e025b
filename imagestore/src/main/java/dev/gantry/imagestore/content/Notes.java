package dev.gantry.imagestore.content;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The list beside a partial blob of what was written of it: records of two big-endian longs, from
 * and to (exclusive), in any order. A torn one at its end is ignored. Not for several threads.
 */
final class Notes {
    private static final int NOTE = 2 * Long.BYTES;

    /** More notes than any download makes: what is longer is rubbish. */
    private static final int MOST_NOTES = 1 << 20;

    private final Path list;
    private final Ranges noted = new Ranges();

    Notes(Path list) {
        this.list = list;
    }

    /** Tells what was noted of the first {@code there} bytes. */
    void load(long there, Ranges.Visitor visitor) throws IOException {
        if (there <= 0 || !Files.exists(list) || Files.size(list) > (long) MOST_NOTES * NOTE) {
            return;
        }
        ByteBuffer notes = ByteBuffer.wrap(Files.readAllBytes(list));
        while (notes.remaining() >= NOTE) {
            long from = notes.getLong();
            long to = Math.min(notes.getLong(), there);
            if (from >= 0 && from < to) {
                noted.add(from, to);
                visitor.visit(from, to);
            }
        }
    }

    /** Writes down what the list does not say yet; few ranges, since they are contiguous. */
    void add(Ranges written) throws IOException {
        ByteBuffer notes = ByteBuffer.allocate(NOTE * Ranges.MOST);
        written.forEach(
                (from, to) -> {
                    long known = noted.endOf(from);
                    if (known < to && notes.remaining() >= NOTE) {
                        notes.putLong(known).putLong(to);
                        noted.add(known, to);
                    }
                });
        try (FileOutputStream notebook = new FileOutputStream(list.toFile(), true)) {
            notebook.write(notes.array(), 0, notes.position());
        }
    }

    /** Removes the list. */
    void forget() throws IOException {
        Files.deleteIfExists(list);
        noted.clear();
    }
}
