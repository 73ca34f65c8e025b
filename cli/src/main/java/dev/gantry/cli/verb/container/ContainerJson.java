package dev.gantry.cli.verb.container;

import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.InspectResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A container in the shape of docker's inspect, as far as the fields are known. */
public final class ContainerJson {
    private final InspectResponse all;
    private final Container container;
    private final CreateRequest spec;

    private ContainerJson(InspectResponse all) {
        this.all = all;
        container = all.getContainer();
        spec = all.getSpec();
    }

    /** The whole of it. */
    public static Fields of(InspectResponse all) {
        return new ContainerJson(all).whole();
    }

    private Fields whole() {
        Fields whole =
                new Fields()
                        .with("Id", container.getId())
                        .with("Created", Times.rfc3339(container.getCreatedAt()))
                        .with("Path", all.getPath())
                        .with("Args", all.getArgsList())
                        .with("State", state())
                        .with("Image", container.getImageId())
                        .with("ResolvConfPath", all.getResolvConfPath())
                        .with("HostnamePath", all.getHostnamePath())
                        .with("HostsPath", all.getHostsPath())
                        .with("LogPath", all.getLogPath())
                        .with("Name", "/" + container.getName())
                        .with("RestartCount", all.getRestartCount())
                        .with("Platform", "linux")
                        .with("Pod", container.getPodId())
                        .with("Scope", container.getScope())
                        .with("Cgroup", all.getCgroup())
                        .with("HostConfig", HostConfigJson.of(all));
        if (container.getRootBytes() > 0) {
            whole.with("SizeRw", container.getWritableBytes())
                    .with("SizeRootFs", container.getRootBytes());
        }
        return whole.with("Mounts", mounts())
                .with("Config", config())
                .with("NetworkSettings", NetworkSettingsJson.of(all));
    }

    private Fields state() {
        ContainerState is = container.getState();
        Fields state =
                new Fields()
                        .with("Status", is.name().toLowerCase(Locale.ROOT))
                        .with(
                                "Running",
                                is == ContainerState.RUNNING || is == ContainerState.PAUSED)
                        .with("Paused", is == ContainerState.PAUSED)
                        .with("Restarting", is == ContainerState.RESTARTING)
                        .with("OOMKilled", container.getReason().equals("OOMKilled"))
                        .with("Dead", is == ContainerState.DEAD)
                        .with("Pid", all.getPid())
                        .with("ExitCode", container.getExitCode())
                        .with("Error", all.getError())
                        .with("StartedAt", Times.rfc3339(container.getStartedAt()))
                        .with("FinishedAt", Times.rfc3339(container.getFinishedAt()));
        if (container.getHealth() != Health.HEALTH_UNSPECIFIED) {
            state.with("Health", health());
        }
        return state;
    }

    private Fields health() {
        List<Object> log = new ArrayList<>();
        all.getHealthLogList()
                .forEach(
                        result ->
                                log.add(
                                        new Fields()
                                                .with("Start", Times.rfc3339(result.getStartedAt()))
                                                .with("End", Times.rfc3339(result.getEndedAt()))
                                                .with("ExitCode", result.getExitCode())
                                                .with("Output", result.getOutput())));
        return new Fields()
                .with("Status", container.getHealth().name().toLowerCase(Locale.ROOT))
                .with("FailingStreak", all.getHealthFailingStreak())
                .with("Log", log);
    }

    private List<Object> mounts() {
        List<Object> mounts = new ArrayList<>();
        container
                .getMountsList()
                .forEach(
                        mount ->
                                mounts.add(
                                        new Fields()
                                                .with("Type", mount.getType())
                                                .with("Name", mount.getName())
                                                .with("Source", mount.getSource())
                                                .with("Destination", mount.getDestination())
                                                .with("RW", !mount.getReadonly())
                                                .with("Propagation", mount.getPropagation())));
        return mounts;
    }

    private Fields config() {
        List<String> command = new ArrayList<>(List.of(all.getPath()));
        command.addAll(all.getArgsList());
        Map<String, Object> exposed = new LinkedHashMap<>();
        spec.getExposedPortsList().forEach(port -> exposed.put(port, Map.of()));
        return new Fields()
                .with("Hostname", spec.getPod().getHostname())
                .with("User", all.getUser())
                .with("Tty", spec.getContainer().getTty())
                .with("OpenStdin", spec.getContainer().getStdin())
                .with("StdinOnce", spec.getContainer().getStdinOnce())
                .with("ExposedPorts", exposed)
                .with("Env", all.getEnvironmentList())
                .with(
                        "Cmd",
                        spec.getContainer().getArgsCount() > 0
                                ? spec.getContainer().getArgsList()
                                : command)
                .with(
                        "Entrypoint",
                        spec.getContainer().getCommandCount() > 0
                                ? spec.getContainer().getCommandList()
                                : null)
                .with("Image", container.getImage())
                .with("WorkingDir", all.getWorkingDir())
                .with("Labels", new TreeMap<>(container.getLabelsMap()))
                .with("StopSignal", spec.getStopSignal())
                .with(
                        "StopTimeout",
                        spec.hasStopTimeoutSeconds() ? spec.getStopTimeoutSeconds() : null);
    }
}
