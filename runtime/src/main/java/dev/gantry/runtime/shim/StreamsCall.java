package dev.gantry.runtime.shim;

import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.plan.LaunchStep;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a client of streams wants of a container.
 *
 * @param flags of the protocol besides those that the options say
 * @param pidFile where a delegate writes the command's pid; empty: none
 * @param plan of the command; empty to attach
 * @param processes those of the container, among which the command's are
 */
public record StreamsCall(
        String containerId,
        StreamOptions options,
        int flags,
        String pidFile,
        List<LaunchStep> plan,
        Supplier<List<Integer>> processes) {
    public StreamsCall {
        plan = List.copyOf(plan);
    }

    public static StreamsCall attach(String containerId, StreamOptions options) {
        return new StreamsCall(containerId, options, 0, "", List.of(), List::of);
    }

    int allFlags() {
        return flags
                | (options.terminal() ? StartRequest.TERMINAL : 0)
                | (options.stdin() ? StartRequest.STDIN : 0)
                | (options.stdout() ? StartRequest.STDOUT : 0)
                | (options.stderr() ? StartRequest.STDERR : 0);
    }
}
