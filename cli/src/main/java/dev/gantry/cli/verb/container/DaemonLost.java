package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import io.grpc.StatusRuntimeException;

/**
 * The daemon went away while a container was looked at. The container goes on; its exit code, and
 * the output that was missed, are asked for when there is a daemon again.
 */
final class DaemonLost extends CliFailure {
    private static final long serialVersionUID = 1;

    private DaemonLost(String message) {
        super(ExitCodes.DAEMON, message);
    }

    /** Whether a call that was under way ended for this. */
    static boolean is(StatusRuntimeException failure) {
        return switch (failure.getStatus().getCode()) {
            case UNAVAILABLE, CANCELLED -> true;
            default -> false;
        };
    }

    /** What is said about a container. */
    static DaemonLost from(String container) {
        return new DaemonLost(
                "gantry: the daemon has gone away while container %1$s ran, which goes on; when gantryd runs again, see gantry attach %1$s, gantry logs %1$s or gantry wait %1$s"
                        .formatted(container));
    }
}
