package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.KeyValue;
import dev.gantry.proto.cri.v1.LinuxContainerConfig;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.LinuxSandboxSecurityContext;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.RestartPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A command line of run or create as what the daemon is asked for. Contradictions and wrong values
 * are usage errors.
 */
public final class CreateRequests {
    private final Arguments given;
    private final Path here;
    private final Function<String, Optional<String>> variables;

    /**
     * For one command line.
     *
     * @param here where relative paths begin
     * @param variables the environment of this process
     */
    public CreateRequests(
            Arguments given, Path here, Function<String, Optional<String>> variables) {
        this.given = given;
        this.here = here;
        this.variables = variables;
    }

    /** The request. The first word is the image; the rest is the command. */
    public CreateRequest request() {
        Refused.check(given);
        CreateRequest.Builder request =
                CreateRequest.newBuilder()
                        .setName(name())
                        .setRuntimeHandler(given.value("runtime"))
                        .setUser(given.value("user"))
                        .setNetwork(Networking.choice(given))
                        .setPublishAllPorts(given.flag("publish-all"))
                        .setInit(given.flag("init"))
                        .setAutoRemove(given.flag("rm"))
                        .setLog(Policies.log(given))
                        .addAllGroups(given.list("group-add"))
                        .setOomKillDisable(given.flag("oom-kill-disable"))
                        .setStopSignal(given.value("stop-signal"))
                        .setLimits(Limits.more(given));
        life(request);
        files(request);
        given.list("expose").forEach(text -> request.addAllExposedPorts(Ports.exposed(text)));
        given.list("ulimit").forEach(text -> request.addUlimits(Ulimits.limit(text)));
        given.list("add-host").forEach(text -> request.addExtraHosts(Networking.extraHost(text)));
        given.list("device-cgroup-rule")
                .forEach(text -> request.addDeviceCgroupRules(Devices.rule(text)));
        NamespaceOption modes = Namespaces.set(given, request);
        return request.setPod(pod(modes)).setContainer(container(modes)).build();
    }

    private String name() {
        String name = given.value("name");
        String bare = name.startsWith("/") ? name.substring(1) : name;
        if (given.given("name") && !Volumes.NAME.matcher(bare).matches()) {
            throw Wrong.value(
                    "--name",
                    name,
                    "invalid container name, only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two or more");
        }
        return bare;
    }

    private void life(CreateRequest.Builder request) {
        RestartPolicy restart = Policies.restart(given.value("restart"));
        if (given.flag("rm") && restart.getCondition() != RestartPolicy.Condition.NO) {
            throw new UsageError("conflicting options: cannot specify both --restart and --rm");
        }
        request.setRestartPolicy(restart);
        Health.check(given).ifPresent(request::setHealthCheck);
        if (given.given("stop-timeout")) {
            request.setStopTimeoutSeconds(given.number("stop-timeout"));
        }
        given.text("shm-size")
                .ifPresent(
                        text -> {
                            long size = Sizes.bytes("--shm-size", text);
                            if (size == 0) {
                                throw Wrong.value(
                                        "--shm-size", text, "SHM size can not be less than 0 or 0");
                            }
                            request.setShmSize(size);
                        });
    }

    private void files(CreateRequest.Builder request) {
        given.list("volume").forEach(text -> request.addVolumes(Volumes.mount(text, here)));
        for (String text : given.list("mount")) {
            switch (Mounts.mount(text, here)) {
                case Mounts.Given.Volume volume -> request.addVolumes(volume.mount());
                case Mounts.Given.Memory memory -> request.addTmpfs(memory.mount());
            }
        }
        given.list("tmpfs").forEach(text -> request.addTmpfs(Tmpfs.mount(text)));
        List<String> targets = new ArrayList<>();
        request.getVolumesList().forEach(mount -> targets.add(mount.getTarget()));
        request.getTmpfsList().forEach(mount -> targets.add(mount.getTarget()));
        for (String target : targets) {
            if (targets.indexOf(target) != targets.lastIndexOf(target)) {
                throw new UsageError(
                        "duplicate mount point: " + target + ": only one can be mounted there");
            }
        }
    }

    private PodSandboxConfig pod(NamespaceOption modes) {
        PodSandboxConfig.Builder pod =
                PodSandboxConfig.newBuilder()
                        .setHostname(given.value("hostname"))
                        .putAllAnnotations(
                                NameValues.whole("--annotation", given.list("annotation")))
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setCgroupParent(given.value("cgroup-parent"))
                                        .putAllSysctls(
                                                NameValues.whole("--sysctl", given.list("sysctl")))
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(modes)
                                                        .setPrivileged(given.flag("privileged"))));
        given.list("publish").forEach(text -> pod.addAllPortMappings(Ports.published(text)));
        if (given.given("dns") || given.given("dns-search") || given.given("dns-option")) {
            pod.setDnsConfig(Networking.dns(given));
        }
        return pod.build();
    }

    private ContainerConfig container(NamespaceOption modes) {
        ContainerConfig.Builder container =
                ContainerConfig.newBuilder()
                        .setImage(
                                ImageSpec.newBuilder()
                                        .setImage(given.word(0))
                                        .setUserSpecifiedImage(given.word(0)))
                        .setWorkingDir(directory())
                        .putAllAnnotations(
                                NameValues.whole("--annotation", given.list("annotation")))
                        .setStdin(given.flag("interactive"))
                        .setTty(given.flag("tty"))
                        .setLinux(linux(modes));
        command(container);
        environment(container);
        given.list("device").forEach(text -> Devices.add(text, container));
        for (String file : given.list("label-file")) {
            container.putAllLabels(
                    NameValues.pairs("--label-file", NameValues.lines("--label-file", file)));
        }
        container.putAllLabels(NameValues.pairs("-l, --label", given.list("label")));
        return container.build();
    }

    /**
     * Docker's rule: an entrypoint leaves the image's command out; an empty one leaves the image's
     * entrypoint out, too.
     */
    private void command(ContainerConfig.Builder container) {
        List<String> words = given.words().subList(1, given.words().size());
        if (!given.given("entrypoint")) {
            container.addAllArgs(words);
        } else if (given.value("entrypoint").isEmpty()) {
            if (words.isEmpty()) {
                throw new UsageError(
                        "--entrypoint \"\": no command specified; write one after the image");
            }
            container.addAllCommand(words);
        } else {
            container.addCommand(given.value("entrypoint")).addAllArgs(words);
        }
    }

    private void environment(ContainerConfig.Builder container) {
        List<String> all = new ArrayList<>();
        for (String file : given.list("env-file")) {
            all.addAll(NameValues.environment(NameValues.lines("--env-file", file), variables));
        }
        all.addAll(NameValues.environment(given.list("env"), variables));
        for (String each : all) {
            int equals = each.indexOf('=');
            container.addEnvs(
                    KeyValue.newBuilder()
                            .setKey(each.substring(0, equals))
                            .setValue(each.substring(equals + 1)));
        }
    }

    private String directory() {
        String directory = given.value("workdir");
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw new UsageError(
                    "the working directory '"
                            + directory
                            + "' is invalid, it needs to be an absolute path");
        }
        return directory;
    }

    private LinuxContainerConfig linux(NamespaceOption modes) {
        LinuxContainerResources.Builder resources = Limits.of(given).toBuilder();
        long score = given.number("oom-score-adj");
        if (score < -1000 || score > 1000) {
            throw new UsageError(
                    "--oom-score-adj: invalid value " + score + ", range is [-1000, 1000]");
        }
        LinuxContainerSecurityContext security =
                Security.context(given, here).setNamespaceOptions(modes).build();
        return LinuxContainerConfig.newBuilder()
                .setResources(resources.setOomScoreAdj(score))
                .setSecurityContext(security)
                .build();
    }
}
