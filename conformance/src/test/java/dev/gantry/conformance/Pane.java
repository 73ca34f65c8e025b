package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A real terminal that nobody sits at: a tmux server of its own with one window, and in it a shell
 * for which {@code gantry} is the command under test, led to a daemon. What is typed and what is
 * shown go through a pty as a person's.
 */
final class Pane implements AutoCloseable {
    private final Path folder;

    private Pane(Path folder) {
        this.folder = folder;
    }

    private String socket() {
        return folder.resolve("tmux").toString();
    }

    /**
     * A window with a shell whose prompt is {@code outer$}, and whose variable B is its terminal's
     * state.
     */
    static Pane open(Daemon daemon, int columns, int rows) throws IOException {
        Path folder = Files.createTempDirectory("gt-pane");
        Pane pane = new Pane(folder);
        pane.tmux(
                "new-session",
                "-d",
                "-s",
                "s",
                "-x",
                Integer.toString(columns),
                "-y",
                Integer.toString(rows),
                "env -u NO_COLOR -u ENV GANTRY_HOST=unix://%s HOME=%s PATH=%s:$PATH PS1='outer$ ' B=$(stty -g) sh"
                        .formatted(daemon.socket(), folder, Places.tree().resolve("bin")));
        pane.shows("outer[$]");
        return pane;
    }

    private String tmux(String... arguments) {
        List<String> command = new ArrayList<>(List.of("tmux", "-f", "/dev/null", "-S", socket()));
        command.addAll(List.of(arguments));
        return Command.run(command).orFail().stdout();
    }

    /** Types a line and, once the terminal shows its beginning, the key that ends it. */
    void type(String line) {
        tmux("send-keys", "-t", "s", "-l", line);
        shows(".*" + Pattern.quote(line.substring(0, Math.min(line.length(), 12))) + ".*");
        keys("Enter");
    }

    /** Types a line, and waits for the outer shell's prompt after it has done that. */
    void done(String line) {
        type(line + "; echo over-$((40+2))");
        shows("over-42");
    }

    /** Presses keys, by tmux' names: {@code C-c}. */
    void keys(String... keys) {
        List<String> all = new ArrayList<>(List.of("send-keys", "-t", "s"));
        all.addAll(List.of(keys));
        tmux(all.toArray(String[]::new));
    }

    /** An empty window and no history, so that nothing older is taken for an answer. */
    void blank() {
        tmux("send-keys", "-R", "-t", "s");
        tmux("clear-history", "-t", "s");
    }

    void resize(int columns, int rows) {
        tmux(
                "resize-window",
                "-t",
                "s",
                "-x",
                Integer.toString(columns),
                "-y",
                Integer.toString(rows));
    }

    /** What the window shows. */
    List<String> screen() {
        return lines("capture-pane", "-p", "-t", "s");
    }

    /** What the window shows, and what went out of it at its top. */
    List<String> all() {
        return lines("capture-pane", "-p", "-S", "-", "-t", "s");
    }

    /** The screen with the codes of its colours. */
    String coloured() {
        return tmux("capture-pane", "-e", "-p", "-t", "s");
    }

    private List<String> lines(String... command) {
        return tmux(command).lines().map(String::stripTrailing).toList();
    }

    /** Waits until a whole line of the window is like this; returns it. */
    String shows(String regex) {
        Pattern line = Pattern.compile(regex);
        try {
            WithDaemon.await(
                    () -> screen().stream().anyMatch(line.asMatchPredicate()), "a line " + regex);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; the window shows:\n" + String.join("\n", screen()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return screen().stream().filter(line.asMatchPredicate()).findFirst().orElse("");
    }

    /** The last command ended so, and left the terminal as it was. */
    void ended(int code) {
        shows("outer[$]");
        type("echo code=$? $([ \"$(stty -g)\" = \"$B\" ] && echo same)");
        shows("code=" + code + " same");
    }

    @Override
    public void close() throws IOException {
        Command.run("tmux", "-S", socket(), "kill-server");
        Command.run("rm", "-rf", folder.toString());
    }
}
