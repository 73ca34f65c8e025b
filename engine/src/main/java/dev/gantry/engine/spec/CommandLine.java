package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig.Command;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * What is executed: CRI's {@code command} and {@code args} over the image's entrypoint and cmd. A
 * command makes both of the image's void; arguments alone replace the cmd only.
 */
public final class CommandLine {
    private CommandLine() {}

    /** The words; INVALID_ARGUMENT when there are none. */
    public static List<String> of(Command asked, ImageDefaults image) {
        List<String> line = new ArrayList<>();
        if (asked.command().isEmpty()) {
            line.addAll(image.entrypoint());
            line.addAll(asked.args().isEmpty() ? image.cmd() : asked.args());
        } else {
            line.addAll(asked.command());
            line.addAll(asked.args());
        }
        if (line.isEmpty()) {
            throw Failure.invalid(
                    "no command: neither the container nor its image says what to run");
        }
        if (line.getFirst().isEmpty()) {
            throw Failure.invalid("the command's first word is empty; it must name a program");
        }
        return List.copyOf(line);
    }
}
