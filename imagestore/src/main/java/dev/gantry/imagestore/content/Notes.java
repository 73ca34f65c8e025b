package dev.gantry.imagestore.content;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The list beside a partial blob of what was written of it: records of two big-endian longs, from
 * and to (exclusive), in any order. A torn one at its end is cut off. Not for several threads.
 */
final class Notes {
    private static final String LIST = ".have";

    private static final int NOTE = 2 * Long.BYTES;

    /** More notes than any download makes: what is longer is rubbish. */
    private static final int MOST_NOTES = 1 << 20;

    private final Path list;
    private final Ranges noted = new Ranges();

    private Notes(Path list) {
        this.list = list;
    }

    /** Those of a partial blob. */
    static Notes of(Path file) {
        return new Notes(file.resolveSibling(file.getFileName() + LIST));
    }

    /** Removes lists whose file was published by a daemon that was killed then. */
    static void tidy(Path partials) throws IOException {
        try (DirectoryStream<Path> lists = Files.newDirectoryStream(partials, "*" + LIST)) {
            for (Path list : lists) {
                String name = String.valueOf(list.getFileName());
                String file = name.substring(0, name.length() - LIST.length());
                if (!Files.exists(list.resolveSibling(file))) {
                    Files.deleteIfExists(list);
                }
            }
        }
    }

    /** Tells what was noted of the first {@code there} bytes. */
    void load(long there, Ranges.Visitor visitor) throws IOException {
        long size = Files.exists(list) ? Files.size(list) : 0;
        if (there <= 0 || size > (long) MOST_NOTES * NOTE) {
            Files.deleteIfExists(list); // What it speaks of is not here, or not any more.
        } else if (size > 0) {
            read(ByteBuffer.wrap(Files.readAllBytes(list)), there, visitor);
        }
    }

    /** A torn note is cut off, so that the next one begins where a note begins. */
    private void read(ByteBuffer notes, long there, Ranges.Visitor visitor) throws IOException {
        while (notes.remaining() >= NOTE) {
            long from = notes.getLong();
            long to = Math.min(notes.getLong(), there);
            if (from >= 0 && from < to) {
                noted.add(from, to);
                visitor.visit(from, to);
            }
        }
        if (notes.hasRemaining()) {
            try (RandomAccessFile notebook = new RandomAccessFile(list.toFile(), "rw")) {
                notebook.setLength(notes.position());
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
