package dev.gantry.cni;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What is there to read of a process's output, without ever waiting for more: a child that the
 * process left behind may hold the pipe open for ever.
 */
final class BoundedOutput {
    private final InputStream stream;
    private final int limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean over;

    BoundedOutput(InputStream stream, int limit) {
        this.stream = stream;
        this.limit = limit;
    }

    /** Takes what is there now; past the limit it is read and thrown away. */
    void drain() throws IOException {
        int available = stream.available();
        while (available > 0 && !over) {
            byte[] chunk = stream.readNBytes(available);
            int room = Math.min(chunk.length, limit - kept.size());
            kept.write(chunk, 0, room);
            over = room < chunk.length;
            available = stream.available();
        }
        if (over) {
            // One pipe's worth at a time, so that an endless writer cannot keep us here.
            stream.skipNBytes(stream.available());
        }
    }

    boolean over() {
        return over;
    }

    String text() {
        return kept.toString(StandardCharsets.UTF_8);
    }
}
