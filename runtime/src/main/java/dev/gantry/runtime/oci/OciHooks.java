package dev.gantry.runtime.oci;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Programs that run at points of a container's life (OCI config, {@code hooks}). */
public record OciHooks(
        List<Hook> prestart,
        List<Hook> createRuntime,
        List<Hook> createContainer,
        List<Hook> startContainer,
        List<Hook> poststart,
        List<Hook> poststop) {
    public static final OciHooks NONE =
            new OciHooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    public OciHooks {
        prestart = List.copyOf(prestart);
        createRuntime = List.copyOf(createRuntime);
        createContainer = List.copyOf(createContainer);
        startContainer = List.copyOf(startContainer);
        poststart = List.copyOf(poststart);
        poststop = List.copyOf(poststop);
    }

    /** Those that run before the container's program does. */
    public List<Hook> ofLaunch() {
        return Stream.of(prestart, createRuntime, createContainer, startContainer)
                .flatMap(List::stream)
                .toList();
    }

    /** One program; the timeout is in seconds. */
    public record Hook(String path, List<String> args, List<String> env, OptionalInt timeout) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }
}
