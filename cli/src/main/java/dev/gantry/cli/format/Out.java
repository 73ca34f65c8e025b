package dev.gantry.cli.format;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output and standard error, in UTF-8, and whether they are terminals. */
public final class Out {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final boolean errTerminal;
    private final boolean colours;

    /** Output into these streams, for tests too. */
    public Out(PrintStream out, PrintStream err, boolean terminal, boolean errTerminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.errTerminal = errTerminal;
        colours = terminal && System.getenv("NO_COLOR") == null;
    }

    /** The process' own. */
    public static Out standard() {
        return new Out(
                stream(FileDescriptor.out, 32 << 10),
                stream(FileDescriptor.err, 1 << 10),
                isTerminal(1),
                isTerminal(2));
    }

    private static PrintStream stream(FileDescriptor descriptor, int buffer) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), buffer),
                /* autoFlush= */ false,
                StandardCharsets.UTF_8);
    }

    /**
     * Whether a descriptor of this process is a terminal: by its link below /proc, which costs
     * nothing.
     */
    public static boolean isTerminal(int descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes a line to standard output. */
    public void line(String line) {
        out.print(line);
        out.print('\n');
    }

    /** Writes to standard output. */
    public void print(String text) {
        out.print(text);
    }

    /** Writes a line to standard error, at once. */
    public void error(String line) {
        out.flush();
        err.print(line);
        err.print('\n');
        err.flush();
    }

    /** Standard output for bytes; flush it. */
    public PrintStream stream() {
        return out;
    }

    /** Standard error for bytes; flush it. */
    public PrintStream errorStream() {
        return err;
    }

    /** Writes what is buffered. */
    public void flush() {
        out.flush();
        err.flush();
    }

    /** Whether standard output is a terminal. */
    public boolean terminal() {
        return terminal;
    }

    /** Whether standard error is a terminal. */
    public boolean errorTerminal() {
        return errTerminal;
    }

    /** Whether colours may be used: on a terminal, unless NO_COLOR is set. */
    public boolean colours() {
        return colours;
    }
}
