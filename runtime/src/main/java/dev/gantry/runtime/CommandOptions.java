package dev.gantry.runtime;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciUser;
import java.util.List;
import java.util.Optional;

/**
 * In what a command differs from the first process of its container.
 *
 * @param environment {@code NAME=VALUE}, after and in place of the container's
 * @param workingDir absolute; empty: the container's
 * @param user as the container sees it; empty: the container's
 * @param privileged with all capabilities and without an AppArmor profile
 * @param detached goes on when its streams are closed; with it none of them is wanted
 * @param rows of its terminal at first; 0 with {@code columns} when not known
 */
public record CommandOptions(
        List<String> environment,
        String workingDir,
        Optional<OciUser> user,
        boolean privileged,
        boolean detached,
        int rows,
        int columns) {
    private static final int LARGEST_SIZE = 0xffff;

    /** As the container's first process. */
    public static final CommandOptions NONE =
            new CommandOptions(List.of(), "", Optional.empty(), false, false, 0, 0);

    public CommandOptions {
        environment = List.copyOf(environment);
        if (!workingDir.isEmpty() && !workingDir.startsWith("/")) {
            throw Failure.invalid("working directory \"%s\" is not absolute".formatted(workingDir));
        }
        for (String entry : environment) {
            if (entry.indexOf('=') < 1 || entry.indexOf('\0') >= 0) {
                throw Failure.invalid("\"%s\" is not NAME=VALUE".formatted(entry));
            }
        }
        if (rows < 0 || columns < 0 || rows > LARGEST_SIZE || columns > LARGEST_SIZE) {
            throw Failure.invalid("a terminal cannot be %d by %d".formatted(columns, rows));
        }
    }
}
