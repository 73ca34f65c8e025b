package dev.gantry.cli;

import dev.gantry.cli.format.Out;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Output that a test reads. */
public final class Captured {
    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    private final Out out =
            new Out(
                    new PrintStream(outBytes, false, StandardCharsets.UTF_8),
                    new PrintStream(errBytes, false, StandardCharsets.UTF_8),
                    /* terminal= */ false,
                    /* errTerminal= */ false);

    /** Where a verb writes. */
    public Out out() {
        return out;
    }

    /** What it wrote to standard output. */
    public String text() {
        out.flush();
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    /** What it wrote to standard error. */
    public String errors() {
        out.flush();
        return errBytes.toString(StandardCharsets.UTF_8);
    }
}
