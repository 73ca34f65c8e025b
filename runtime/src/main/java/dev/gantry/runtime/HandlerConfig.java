package dev.gantry.runtime;

import java.nio.file.Path;

/** How containers of a runtime handler (RuntimeClass) are run. */
public sealed interface HandlerConfig {
    /** By the shim itself. */
    record Native() implements HandlerConfig {}

    /**
     * By an OCI runtime such as runc or crun.
     *
     * @param binary the program, absolute
     * @param root its state directory ({@code --root}), ours alone
     */
    record Oci(Path binary, Path root) implements HandlerConfig {}
}
