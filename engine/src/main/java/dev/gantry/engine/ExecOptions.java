package dev.gantry.engine;

import java.util.List;

/**
 * In what a command differs from the first process of its container.
 *
 * @param environment {@code NAME=VALUE}, after and in place of the container's
 * @param workingDir absolute; empty: the container's
 * @param user NAME|UID[:GROUP|GID], looked up in the container's own files; empty: the container's
 * @param privileged with all capabilities
 * @param detached goes on when its streams are closed
 * @param rows of its terminal at first; 0 with {@code columns} when not known
 */
public record ExecOptions(
        List<String> environment,
        String workingDir,
        String user,
        boolean privileged,
        boolean detached,
        int rows,
        int columns) {
    /** As the container's first process. */
    public static final ExecOptions NONE = new ExecOptions(List.of(), "", "", false, false, 0, 0);

    public ExecOptions {
        environment = List.copyOf(environment);
    }
}
