package dev.gantry.cli.terminal;

import dev.gantry.cli.CliFailure;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The terminal at standard input, changed by stty(1) and always put back: on close, on exceptions,
 * and when a signal ends this process. stty costs a few milliseconds; binding the C library's
 * functions costs a cold JVM a hundred.
 */
public final class Terminal implements AutoCloseable {
    private final String saved;
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private final Thread hook = Thread.ofPlatform().unstarted(this::restore);

    private Terminal(String saved) {
        this.saved = saved;
    }

    /** The size of a terminal's window. */
    public record Size(int columns, int rows) {}

    /** Every key comes as it is, and nothing is echoed. */
    public static Terminal raw() {
        return change("raw", "-echo");
    }

    /** Lines as usual, but what is typed is not shown. */
    public static Terminal withoutEcho() {
        return change("-echo");
    }

    private static Terminal change(String... settings) {
        Terminal terminal = new Terminal(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(terminal.hook);
        try {
            stty(settings);
        } catch (RuntimeException e) {
            terminal.close();
            throw e;
        }
        return terminal;
    }

    /** How large its window is now; 0 by 0 where that is not known. */
    public static Size size() {
        return size(0);
    }

    /** As {@link #size()}, of the terminal at a descriptor of this process. */
    public static Size size(int descriptor) {
        try {
            String[] words = stty(at(descriptor), "size").strip().split(" ", -1);
            return new Size(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException | CliFailure e) {
            return new Size(0, 0);
        }
    }

    /** Opened anew where it is not standard input, which may be something else. */
    private static Redirect at(int descriptor) {
        return descriptor == 0
                ? Redirect.INHERIT
                : Redirect.from(new File("/proc/self/fd/" + descriptor));
    }

    /** As it was before. */
    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process is ending; the hook finds that nothing is to be done.
        }
    }

    private void restore() {
        if (changed.compareAndSet(true, false)) {
            stty(saved);
        }
    }

    private static String stty(String... words) {
        return stty(Redirect.INHERIT, words);
    }

    private static String stty(Redirect terminal, String... words) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(words));
        try {
            Process stty =
                    new ProcessBuilder(command)
                            .redirectInput(terminal)
                            .redirectErrorStream(true)
                            .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!stty.waitFor(5, TimeUnit.SECONDS) || stty.exitValue() != 0) {
                throw new CliFailure("cannot change the terminal: " + said.strip());
            }
            return said;
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot change the terminal: stty(1) of coreutils is needed: " + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted while the terminal was changed", e);
        }
    }
}
