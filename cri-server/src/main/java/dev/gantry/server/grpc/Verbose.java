package dev.gantry.server.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Pod;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The {@code info} of verbose answers: one entry, {@code info}, with JSON for people (crictl
 * inspect, inspectp, inspecti). Its names are containerd's where it has them, since tools look for
 * {@code pid} and {@code config}.
 */
public final class Verbose {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .registerModule(new Jdk8Module())
                    .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

    private Verbose() {}

    static Map<String, String> of(Pod pod) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("pid", pod.shimPid());
        info.put("processStatus", pod.ready() ? "running" : "stopped");
        info.put("netNsClosed", pod.netns().isEmpty());
        info.put("networkNamespace", pod.netns().map(Path::toString).orElse(""));
        info.put("cgroup", pod.cgroup());
        info.put("scope", pod.scope().toString());
        info.put("runtimeHandler", pod.runtimeHandler());
        info.put("message", pod.message());
        info.put("config", pod.config());
        return Map.of("info", json(info));
    }

    /**
     * {@code specification} gives the OCI specification's JSON; where it fails, the reason is
     * shown.
     */
    static Map<String, String> of(Container container, Supplier<String> specification) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("sandboxID", container.podId());
        info.put("pid", pid(container.state()));
        info.put("scope", container.scope().toString());
        info.put("runtimeHandler", container.runtimeHandler());
        info.put("imageID", container.imageId().toString());
        info.put("config", container.config());
        try {
            info.put("runtimeSpec", new RawValue(specification.get()));
        } catch (Failure e) {
            info.put("runtimeSpecError", e.message());
        }
        return Map.of("info", json(info));
    }

    private static int pid(ContainerState state) {
        return switch (state) {
            case ContainerState.Running running -> running.pid();
            case ContainerState.Creating _,
                    ContainerState.Created _,
                    ContainerState.Exited _,
                    ContainerState.Removing _ ->
                    0;
        };
    }

    static Map<String, String> of(Image image) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("User", image.config().user());
        config.put("Env", image.config().env());
        config.put("Entrypoint", image.config().entrypoint());
        config.put("Cmd", image.config().cmd());
        config.put("WorkingDir", image.config().workingDir());
        config.put("StopSignal", image.config().stopSignal());
        config.put("Volumes", image.config().volumes());
        config.put("ExposedPorts", image.config().exposedPorts());
        config.put("Labels", image.config().labels());
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("architecture", image.config().platform().architecture());
        spec.put("os", image.config().platform().os());
        spec.put("created", image.config().created().map(Object::toString).orElse(""));
        spec.put("config", config);
        spec.put("diffIDs", image.config().diffIds().stream().map(Object::toString).toList());
        Map<String, Object> info = new LinkedHashMap<>();
        if (image.kind() instanceof ImageKind.Artifact(String type)) {
            info.put("artifactType", type);
        }
        info.put("imageSpec", spec);
        return Map.of("info", json(info));
    }

    /** What pods are wired by, and what went wrong last. */
    static String of(NetworkDetails network) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("confDir", network.directory().toString());
        info.put("file", network.file().map(Path::toString).orElse(""));
        info.put("network", network.network().orElse(""));
        info.put("cniVersion", network.cniVersion().orElse(""));
        Map<String, String> plugins = new LinkedHashMap<>();
        network.plugins()
                .forEach((type, at) -> plugins.put(type, at.map(Path::toString).orElse("missing")));
        info.put("plugins", plugins);
        info.put("binDirs", network.searched().stream().map(Path::toString).toList());
        info.put("problems", network.problems());
        info.put("lastError", network.lastError().orElse(""));
        return json(info);
    }

    /** Any record, map or list as JSON. */
    public static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw Failure.of("write verbose information", e);
        }
    }
}
