package dev.gantry.cli.format;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
        colours = terminal && moves() && unset("NO_COLOR");
    }

    /** The process' own. */
    public static Out standard() {
        boolean out = isTerminal(1);
        boolean err = isTerminal(2);
        Out standard =
                new Out(
                        stream(FileDescriptor.out, 32 << 10, out),
                        stream(FileDescriptor.err, 1 << 10, err),
                        out,
                        err);
        if (out || err) {
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().unstarted(LastLine::endedBySignal));
        }
        return standard;
    }

    private static PrintStream stream(FileDescriptor descriptor, int buffer, boolean terminal) {
        OutputStream raw = terminal ? new LastLine(descriptor) : new FileOutputStream(descriptor);
        return new PrintStream(
                new BufferedOutputStream(raw, buffer),
                /* autoFlush= */ false,
                StandardCharsets.UTF_8);
    }

    /** Ends the process; its last line is whole. */
    public void exit(int code) {
        flush();
        LastLine.ended();
        System.exit(code);
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

    /** Whether lines of standard output can be changed once they are written. */
    public boolean live() {
        return terminal && moves();
    }

    /** Whether lines of standard error can be changed once they are written. */
    public boolean errorLive() {
        return errTerminal && moves();
    }

    private static boolean moves() {
        return !unset("TERM") && !"dumb".equals(System.getenv("TERM"));
    }

    private static boolean unset(String variable) {
        String value = System.getenv(variable);
        return value == null || value.isEmpty();
    }

    /**
     * Whether colours may be used: on a terminal that has some, unless NO_COLOR is set
     * (no-color.org).
     */
    public boolean colours() {
        return colours;
    }
}
