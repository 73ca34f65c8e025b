package dev.gantry.server.logs;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** Finds where the last lines of a log begin, reading from its end only as far as that. */
final class LogTail {
    private static final int BLOCK = 64 << 10;

    /** A line that is longer than this is none of a log's. */
    private static final int LONGEST = 1 << 20;

    /**
     * A place.
     *
     * @param file its number in the list
     * @param offset of compressed files always 0
     * @param skip how many wanted whole lines from there on are not
     */
    record Place(int file, long offset, long skip) {}

    private final LogQuery query;

    LogTail(LogQuery query) {
        this.query = query;
    }

    /** Where to begin; at the first file's beginning when the log has no more lines. */
    Place find(List<LogFiles.LogFile> files, long lines) {
        long left = lines;
        for (int i = files.size() - 1; i >= 0; i--) {
            LogFiles.LogFile file = files.get(i);
            if (file.compressed()) {
                long count = count(file);
                if (count >= left) {
                    return new Place(i, 0, count - left);
                }
                left -= count;
            } else {
                Backwards scan = new Backwards(left);
                Optional<Long> found = scan.run(file);
                if (found.isPresent()) {
                    return new Place(i, found.get(), 0);
                }
                left = scan.left;
            }
        }
        return new Place(0, 0, 0);
    }

    private long count(LogFiles.LogFile file) {
        long count = 0;
        try (LogFileReader reader = LogFileReader.open(file, 0)) {
            for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (ends(next.get())) {
                    count++;
                }
            }
            return count;
        } catch (IOException e) {
            throw Failure.of("read the log " + file.path(), e);
        }
    }

    private boolean ends(LogRecord record) {
        return query.wants(record) && !record.partial();
    }

    /** One file from its end. */
    private final class Backwards {
        private long left;
        private byte[] rest = new byte[0];

        Backwards(long left) {
            this.left = left;
        }

        /** Where the lines that are wanted begin; empty when the file has too few. */
        Optional<Long> run(LogFiles.LogFile file) {
            try (FileChannel channel = LogFileReader.channel(file)) {
                for (long end = channel.size(); end > 0; ) {
                    int size = (int) Math.min(BLOCK, end);
                    byte[] block = read(channel, end - size, size);
                    Optional<Long> found = lines(block, end - size);
                    if (found.isPresent()) {
                        return found;
                    }
                    end -= size;
                }
                // The file's first line is whole too.
                return first();
            } catch (IOException | UncheckedIOException e) {
                throw Failure.of("read the log " + file.path(), e);
            }
        }

        private Optional<Long> first() {
            // One line more than is wanted ends where they begin; the first has none before it.
            Optional<LogRecord> record = LogRecord.parse(rest, 0, rest.length);
            if (record.filter(LogTail.this::ends).isPresent()) {
                if (left == 0) {
                    return Optional.of((long) rest.length + 1);
                }
                left--;
            }
            return Optional.empty();
        }

        /** Looks at the lines that begin in a block, the last first. */
        private Optional<Long> lines(byte[] block, long offset) {
            byte[] text = new byte[block.length + rest.length];
            System.arraycopy(block, 0, text, 0, block.length);
            System.arraycopy(rest, 0, text, block.length, rest.length);
            int end = text.length;
            // What is behind the last line feed of the file is not written yet.
            for (int i = block.length - 1; i >= 0; i--) {
                if (text[i] != '\n') {
                    continue;
                }
                Optional<LogRecord> record = LogRecord.parse(text, i + 1, end);
                if (record.filter(LogTail.this::ends).isPresent()) {
                    if (left == 0) {
                        return Optional.of(offset + end + 1);
                    }
                    left--;
                }
                end = i;
            }
            if (end > LONGEST) {
                throw Failure.of("read a log", new IOException("a line is longer than " + LONGEST));
            }
            rest = java.util.Arrays.copyOf(text, end);
            return Optional.empty();
        }

        private static byte[] read(FileChannel channel, long offset, int size) throws IOException {
            ByteBuffer block = ByteBuffer.allocate(size);
            while (block.hasRemaining()) {
                if (channel.read(block, offset + block.position()) < 0) {
                    throw new IOException("it was cut off while it was read");
                }
            }
            return block.array();
        }
    }
}
