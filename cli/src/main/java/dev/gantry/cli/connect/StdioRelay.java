package dev.gantry.cli.connect;

import dev.gantry.cli.http2.Wire;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Carries bytes between this process' standard streams and a daemon. */
public final class StdioRelay {
    private static final int PIECE = 32 << 10;

    private StdioRelay() {}

    /** Carries until the daemon ends the connection, or standard input ends. */
    public static void run(Endpoint endpoint) throws IOException, InterruptedException {
        Wire wire = Wires.dial(endpoint);
        Thread up =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    carry(new FileInputStream(FileDescriptor.in), wire.out());
                                    close(wire);
                                });
        carry(wire.in(), new FileOutputStream(FileDescriptor.out));
        close(wire);
        up.interrupt();
    }

    /** Whichever side ends first ends both. */
    private static void carry(InputStream from, OutputStream to) {
        byte[] piece = new byte[PIECE];
        try {
            int count = from.read(piece);
            while (count >= 0) {
                to.write(piece, 0, count);
                to.flush();
                count = from.read(piece);
            }
        } catch (IOException e) {
            // The other side has ended.
        }
    }

    private static void close(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            // It has ended all the same.
        }
    }
}
