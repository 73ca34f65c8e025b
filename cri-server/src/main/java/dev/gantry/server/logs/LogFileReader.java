package dev.gantry.server.logs;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads the records of one file in order. At the end of what is written so far it says so, and goes
 * on from there when it is asked again; a line without its line feed waits for it.
 */
final class LogFileReader implements Closeable {
    private static final int BLOCK = 64 << 10;
    private static final int LONGEST = 1 << 20;

    private final FileChannel channel;
    private final InputStream in;
    private byte[] buffer = new byte[BLOCK];
    private int from;
    private int to;

    private LogFileReader(FileChannel channel, InputStream in) {
        this.channel = channel;
        this.in = in;
    }

    static LogFileReader open(LogFiles.LogFile file, long offset) throws IOException {
        FileChannel channel = channel(file);
        try {
            channel.position(offset);
            InputStream raw = Channels.newInputStream(channel);
            return new LogFileReader(
                    channel, file.compressed() ? new GZIPInputStream(raw, BLOCK) : raw);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static FileChannel channel(LogFiles.LogFile file) throws IOException {
        return FileChannel.open(file.path(), StandardOpenOption.READ);
    }

    /** The next record; empty when there is no whole one yet. What is no record is passed over. */
    Optional<LogRecord> next() throws IOException {
        int searched = from;
        while (true) {
            for (int i = searched; i < to; i++) {
                if (buffer[i] == '\n') {
                    Optional<LogRecord> record = LogRecord.parse(buffer, from, i);
                    from = i + 1;
                    searched = from;
                    if (record.isPresent()) {
                        return record;
                    }
                }
            }
            int unfinished = to - from;
            makeRoom();
            searched = from + unfinished;
            int count = in.read(buffer, to, buffer.length - to);
            if (count < 0) {
                return Optional.empty();
            }
            to += count;
        }
    }

    private void makeRoom() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            if (to >= LONGEST) {
                throw new IOException("a line of the log is longer than " + LONGEST + " bytes");
            }
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    /** Whether somebody has cut the file off behind what was read. */
    boolean cutOff() throws IOException {
        return channel.size() < channel.position();
    }

    @Override
    public void close() throws IOException {
        in.close();
        channel.close();
    }
}
