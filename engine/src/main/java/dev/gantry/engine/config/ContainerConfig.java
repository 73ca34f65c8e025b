package dev.gantry.engine.config;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A container to create (CRI ContainerConfig). {@code image} is what the caller gave (an id or a
 * reference), {@code userSpecifiedImage} what the pod's author wrote; {@code logPath} is relative
 * to the pod's log directory; {@code stopSignal} is empty, a name ({@code SIGTERM}) or a number.
 * {@code extras} are not of CRI.
 */
public record ContainerConfig(
        String name,
        int attempt,
        String image,
        String userSpecifiedImage,
        Command run,
        List<MountConfig> mounts,
        List<DeviceConfig> devices,
        List<String> cdiDevices,
        Map<String, String> labels,
        Map<String, String> annotations,
        String logPath,
        Resources resources,
        ContainerSecurity security,
        String stopSignal,
        ContainerExtras extras) {
    public ContainerConfig {
        extras = Objects.requireNonNullElse(extras, ContainerExtras.NONE);
        if (name.isEmpty()) {
            throw Failure.invalid("a container needs a name in its metadata");
        }
        if (image.isEmpty()) {
            throw Failure.invalid("container " + name + " names no image");
        }
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
        cdiDevices = List.copyOf(cdiDevices);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /**
     * What runs: {@code command} replaces the image's entrypoint, {@code args} its cmd.
     *
     * @param env in order; a later variable of the same name wins
     */
    public record Command(
            List<String> command,
            List<String> args,
            String workingDir,
            List<EnvVar> env,
            boolean stdin,
            boolean stdinOnce,
            boolean tty) {
        public Command {
            command = List.copyOf(command);
            args = List.copyOf(args);
            env = List.copyOf(env);
        }

        /** A command without more. */
        public static Command of(String... command) {
            return new Command(List.of(command), List.of(), "", List.of(), false, false, false);
        }
    }

    /** An environment variable (CRI KeyValue). */
    public record EnvVar(String name, String value) {
        @Override
        public String toString() {
            return name + "=" + value;
        }
    }

    /** A container that asks for nothing but its name, image and command. */
    public static ContainerConfig named(String name, String image, String... command) {
        return new ContainerConfig(
                name,
                0,
                image,
                "",
                Command.of(command),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                "",
                Resources.NONE,
                ContainerSecurity.DEFAULT,
                "",
                ContainerExtras.NONE);
    }

    public ContainerConfig withProcess(Command other) {
        return with(parts -> parts.run = other);
    }

    public ContainerConfig withSecurity(ContainerSecurity other) {
        return with(parts -> parts.security = other);
    }

    public ContainerConfig withMounts(List<MountConfig> others) {
        return with(parts -> parts.mounts = others);
    }

    public ContainerConfig withLogPath(String path) {
        return with(parts -> parts.logPath = path);
    }

    public ContainerConfig withStopSignal(String signal) {
        return with(parts -> parts.stopSignal = signal);
    }

    public ContainerConfig withDevices(List<DeviceConfig> value) {
        return with(parts -> parts.devices = value);
    }

    public ContainerConfig withResources(Resources value) {
        return with(parts -> parts.resources = value);
    }

    public ContainerConfig withAnnotations(Map<String, String> value) {
        return with(parts -> parts.annotations = value);
    }

    public ContainerConfig withLabels(Map<String, String> value) {
        return with(parts -> parts.labels = value);
    }

    public ContainerConfig withExtras(ContainerExtras value) {
        return with(parts -> parts.extras = value);
    }

    public ContainerConfig withName(String value) {
        return with(parts -> parts.name = value);
    }

    private ContainerConfig with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.whole();
    }

    /** A copy to be changed. */
    private static final class Parts {
        private String name;
        private int attempt;
        private String image;
        private String userSpecifiedImage;
        private Command run;
        private List<MountConfig> mounts;
        private List<DeviceConfig> devices;
        private List<String> cdiDevices;
        private Map<String, String> labels;
        private Map<String, String> annotations;
        private String logPath;
        private Resources resources;
        private ContainerSecurity security;
        private String stopSignal;
        private ContainerExtras extras;

        Parts(ContainerConfig from) {
            name = from.name;
            attempt = from.attempt;
            image = from.image;
            userSpecifiedImage = from.userSpecifiedImage;
            run = from.run;
            mounts = from.mounts;
            devices = from.devices;
            cdiDevices = from.cdiDevices;
            labels = from.labels;
            annotations = from.annotations;
            logPath = from.logPath;
            resources = from.resources;
            security = from.security;
            stopSignal = from.stopSignal;
            extras = from.extras;
        }

        ContainerConfig whole() {
            return new ContainerConfig(
                    name,
                    attempt,
                    image,
                    userSpecifiedImage,
                    run,
                    mounts,
                    devices,
                    cdiDevices,
                    labels,
                    annotations,
                    logPath,
                    resources,
                    security,
                    stopSignal,
                    extras);
        }
    }
}
