package dev.gantry.runtime.shim;

import dev.gantry.runtime.AttachOptions;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.plan.LaunchStep;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a client of streams wants of a container.
 *
 * @param flags of the protocol besides those that the options say
 * @param pidFile where a delegate writes the command's pid; empty: none
 * @param rows of the command's terminal at first; 0 with {@code columns} when not known
 * @param plan of the command; empty to attach
 * @param processes those of the container, among which the command's are
 */
public record StreamsCall(
        String containerId,
        StreamOptions options,
        int flags,
        String pidFile,
        int rows,
        int columns,
        List<LaunchStep> plan,
        Supplier<List<Integer>> processes) {
    public StreamsCall {
        plan = List.copyOf(plan);
    }

    /** To attach. */
    public static StreamsCall attach(String containerId, AttachOptions options) {
        int flags =
                (options.beforeStart() ? StartRequest.AWAIT : 0)
                        | (options.holding() ? StartRequest.HOLD : 0);
        return new StreamsCall(
                containerId, options.streams(), flags, "", 0, 0, List.of(), List::of);
    }

    /** To run a command. */
    public static StreamsCall command(
            String containerId,
            StreamOptions options,
            CommandOptions command,
            List<LaunchStep> plan,
            Supplier<List<Integer>> processes) {
        return new StreamsCall(
                containerId,
                options,
                command.detached() ? StartRequest.DETACHED : 0,
                "",
                command.rows(),
                command.columns(),
                plan,
                processes);
    }

    /** The same by an OCI runtime that writes the command's pid into a file. */
    public StreamsCall delegated(Path file) {
        return new StreamsCall(
                containerId,
                options,
                flags | StartRequest.DELEGATE,
                file.toString(),
                rows,
                columns,
                plan,
                processes);
    }

    /** Whether the command goes on when its streams are closed. */
    boolean detached() {
        return (flags & StartRequest.DETACHED) != 0;
    }

    int allFlags() {
        return flags
                | (options.terminal() ? StartRequest.TERMINAL : 0)
                | (options.stdin() ? StartRequest.STDIN : 0)
                | (options.stdout() ? StartRequest.STDOUT : 0)
                | (options.stderr() ? StartRequest.STDERR : 0);
    }
}
