package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import dev.gantry.runtime.StreamOptions;
import java.util.List;
import java.util.Locale;

/** What a token stands for: a CRI Exec, Attach or PortForward that was found in order. */
public sealed interface StreamRequest {
    /** A command to run in a container. */
    record Exec(String container, List<String> command, StreamOptions options)
            implements StreamRequest {
        public Exec {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw Failure.invalid("the request names no command to run");
            }
        }
    }

    /** A container's first process to attach to. */
    record Attach(String container, StreamOptions options) implements StreamRequest {}

    /** Ports of a pod to connect to: these, or any when none is named. */
    record PortForward(String pod, List<Integer> ports) implements StreamRequest {
        public PortForward {
            ports = List.copyOf(ports);
            if (ports.size() > Limits.FORWARDS) {
                throw Failure.invalid(
                        "%d ports to forward: ask for no more than %d"
                                .formatted(ports.size(), Limits.FORWARDS));
            }
            ports.forEach(PortForward::check);
        }

        static void check(int port) {
            if (port < 1 || port > 65535) {
                throw Failure.invalid("port " + port + " is not between 1 and 65535");
            }
        }

        /** Whether the request reaches as far as that port. */
        boolean allows(int port) {
            return ports.isEmpty() || ports.contains(port);
        }
    }

    /** What is asked for. */
    enum Kind {
        EXEC,
        ATTACH,
        PORT_FORWARD;

        /** The first part of the URL's path. */
        String verb() {
            return name().replace("_", "").toLowerCase(Locale.ROOT);
        }
    }

    default Kind kind() {
        return switch (this) {
            case Exec _ -> Kind.EXEC;
            case Attach _ -> Kind.ATTACH;
            case PortForward _ -> Kind.PORT_FORWARD;
        };
    }

    /** The first part of the URL's path. */
    default String verb() {
        return kind().verb();
    }
}
