package dev.gantry.runtime;

import dev.gantry.linux.process.NamespacePin;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.Observer;
import dev.gantry.model.Steps;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.cgroup.PodGroups;
import dev.gantry.runtime.cgroup.systemd.Scopes;
import dev.gantry.runtime.handler.ContainerHandler;
import dev.gantry.runtime.handler.ContainerRecord;
import dev.gantry.runtime.handler.Dump;
import dev.gantry.runtime.handler.HostFacts;
import dev.gantry.runtime.handler.OciFeatures;
import dev.gantry.runtime.handler.PodContext;
import dev.gantry.runtime.handler.PodFiles;
import dev.gantry.runtime.handler.PodRecord;
import dev.gantry.runtime.oci.OciResources;
import dev.gantry.runtime.plan.Clone;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PodPlans;
import dev.gantry.runtime.seccomp.SeccompPrograms;
import dev.gantry.runtime.shim.ExitFiles;
import dev.gantry.runtime.shim.ShimClient;
import dev.gantry.runtime.shim.ShimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts pods and finds them again: the door of this room. Safe for use from many threads. */
public final class PodRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(PodRuntime.class);

    private final RuntimeSettings settings;
    private final Cgroups cgroups;
    private final PodGroups groups;
    private final HostFacts facts;
    private final Steps steps;
    private final Map<Path, OciFeatures> told = new ConcurrentHashMap<>();
    private final SeccompPrograms programs = new SeccompPrograms();

    /**
     * Looks at the machine; FAILED_PRECONDITION when it has no control groups.
     *
     * @param observer hears how long steps take
     */
    public PodRuntime(RuntimeSettings settings, Observer observer) {
        this.settings = settings;
        this.steps = new Steps(observer, Operation.RUN_POD);
        this.cgroups = Cgroups.detect();
        this.groups = new PodGroups(cgroups, settings.deadline());
        if (settings.cgroupDriver() == CgroupDriver.SYSTEMD) {
            Scopes.mustBeThere();
        }
        this.facts = HostFacts.read();
    }

    public RuntimeSettings settings() {
        return settings;
    }

    /** What a configured handler can give its containers on this node. */
    public HandlerFeatures features(String handler) {
        return switch (settings.handler(handler)) {
            case HandlerConfig.Native() -> new HandlerFeatures(facts.userNamespaces(), true);
            case HandlerConfig.Oci(Path binary, _) -> features(binary);
        };
    }

    /** Asked once; a program that is exchanged is asked again by the next daemon. */
    private HandlerFeatures features(Path program) {
        OciFeatures its = told.computeIfAbsent(program, OciFeatures::of);
        return new HandlerFeatures(
                facts.userNamespaces() && its.userNamespaces() && its.idMappedMounts(),
                its.recursiveReadOnly());
    }

    /**
     * Starts a pod: control group, directory, shim, namespaces. On failure nothing is left.
     * ALREADY_EXISTS when there is a directory of this id: {@link #find} or {@link #purge} it.
     */
    public PodHandle start(PodSpec spec) {
        PodFiles files = files(spec.id());
        PodRecord record = record(spec);
        // Before anything that purge would take away, lest it takes another pod's.
        files.create();
        try {
            files.write(record);
            OciResources limits = OciResources.NONE.with(spec.resources());
            if (!record.netns().isEmpty()) {
                makePinDirectory();
            }
            steps.time(
                    "shim",
                    "start the shim " + settings.shimBinary(),
                    () ->
                            ShimProcess.start(
                                    settings.shimBinary(),
                                    files.dir(),
                                    spec.id(),
                                    settings.deadline()));
            PodContext context = context(record, files);
            int shim = context.shim().ping().pid();
            steps.time(
                    "cgroup",
                    "make the control group " + record.cgroup(),
                    () -> groups.create(record.cgroup(), limits, shim));
            steps.time(
                    "namespaces",
                    namespaces(record, shim),
                    () -> context.shim().setUp(plan(spec, record)));
            return handle(context, shim);
        } catch (RuntimeException e) {
            Failure failure = Failure.of("start pod " + spec.id(), e);
            try {
                purge(spec.id(), record.cgroup());
            } catch (RuntimeException left) {
                failure.addSuppressed(left);
                LOG.atWarn()
                        .addKeyValue("pod", spec.id())
                        .addKeyValue("error", left.getMessage())
                        .log("something is left of a pod that failed to start");
            }
            throw failure;
        }
    }

    private static String namespaces(PodRecord record, int shim) {
        return "make the pod's namespaces, held by the shim, process %d%s"
                .formatted(
                        shim,
                        record.netns().isEmpty()
                                ? ", on the host's network"
                                : "; network namespace " + record.netns());
    }

    /** /run is empty after a boot; nobody but us may be there to make what pins lie in. */
    private void makePinDirectory() {
        try {
            Files.createDirectories(
                    settings.netnsDir(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw Failure.of("make " + settings.netnsDir(), e);
        }
    }

    private PodRecord record(PodSpec spec) {
        int namespaces = 0;
        namespaces |= spec.network() == NamespaceMode.NODE ? 0 : Clone.NEWNET | Clone.NEWUTS;
        namespaces |= spec.ipc() == NamespaceMode.NODE ? 0 : Clone.NEWIPC;
        namespaces |= spec.pid() == NamespaceMode.POD ? Clone.NEWPID : 0;
        namespaces |= spec.users().isPresent() ? Clone.NEWUSER : 0;
        boolean network = (namespaces & Clone.NEWNET) != 0;
        return new PodRecord(
                spec.id(),
                spec.cgroup(settings.cgroupDriver()),
                namespaces,
                network ? settings.netns(spec.id()).toString() : "");
    }

    private List<LaunchStep> plan(PodSpec spec, PodRecord record) {
        var plan = new ArrayList<LaunchStep>();
        if ((record.namespaces() & Clone.NEWPID) != 0) {
            // The pod's init is found and killed by its group; the pod's own can hold no process
            // on version 2.
            Cgroup init = cgroups.group(record.cgroup() + "/init");
            init.create(OciResources.NONE);
            plan.add(new LaunchStep.JoinCgroup(init.procsFiles()));
        }
        plan.addAll(
                PodPlans.setup(
                        record.namespaces(),
                        spec.hostname(),
                        spec.sysctls(),
                        settings.netns(spec.id()),
                        spec.shmSize(),
                        spec.users()));
        return plan;
    }

    /** The pod whose shim lives, e.g. after a restart of the daemon. */
    public Optional<PodHandle> find(String podId) {
        PodFiles files = files(podId);
        Optional<PodRecord> record = files.pod();
        if (record.isEmpty()) {
            return Optional.empty();
        }
        PodContext context = context(record.get(), files);
        try {
            ShimClient.Identity identity = context.shim().ping();
            // A shim that was not set up is of a start that did not come to its end.
            if (!identity.setUp() || !identity.podId().equals(podId)) {
                return Optional.empty();
            }
            Dump.thaw(cgroups, files);
            return Optional.of(handle(context, identity.pid()));
        } catch (Failure e) {
            if (e.code() == Failure.Code.UNAVAILABLE) {
                return Optional.empty();
            }
            throw e.during("find pod " + podId);
        }
    }

    /**
     * Removes all that may be left of a pod: its shim, processes in its control group, the group,
     * the pin of its network namespace, its directory. Idempotent.
     *
     * @param cgroup the pod's control group, as of {@link PodSpec#cgroup}; empty: as recorded
     */
    public void purge(String podId, String cgroup) {
        PodFiles files = files(podId);
        String path = cgroup.isEmpty() ? files.pod().map(PodRecord::cgroup).orElse("") : cgroup;
        try {
            ShimProcess.kill(files.dir(), podId);
            if (!path.isEmpty()) {
                cgroups.group(path).kill();
            }
            for (ContainerRecord container : files.containers()) {
                cgroups.group(container.cgroup()).kill();
                removeContainer(files, container);
            }
            if (!path.isEmpty()) {
                groups.remove(path);
            }
            NamespacePin.remove(settings.netns(podId));
            files.remove();
        } catch (IOException e) {
            throw Failure.of("remove pod " + podId, e);
        } catch (Failure e) {
            throw e.during("remove pod " + podId);
        }
    }

    /** Removes a control group that pods had in common, where none is left in it. */
    public void removeIfEmpty(String cgroup) {
        groups.removeIfEmpty(cgroup);
    }

    private void removeContainer(PodFiles files, ContainerRecord container) {
        HandlerConfig handler = settings.handlers().get(container.handler());
        if (handler != null) {
            ContainerHandler.of(handler).purge(files, container);
        }
        cgroups.group(container.cgroup()).remove();
    }

    /** The ends of containers that a shim, dead or alive, has written down. */
    public List<ExitRecord> exitRecords(String podId) {
        return ExitFiles.read(files(podId).dir());
    }

    /** The ids of all pods that have a directory here, living or not. */
    public List<String> podIds() {
        try (Stream<Path> directories = Files.list(settings.podsDir())) {
            return directories
                    .map(d -> String.valueOf(d.getFileName()))
                    .filter(n -> n.matches("[0-9a-f]{64}"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("list the pods in " + settings.podsDir(), e);
        }
    }

    private PodFiles files(String podId) {
        return new PodFiles(settings.podsDir().resolve(Ids.check(podId)));
    }

    private PodContext context(PodRecord record, PodFiles files) {
        ShimClient shim = new ShimClient(files.dir(), settings.deadline());
        return new PodContext(settings, record, files, shim, cgroups, groups, facts, programs);
    }

    private PodHandle handle(PodContext context, int shimPid) {
        PodRecord pod = context.pod();
        return new LivePod(context, shimPid, () -> purge(pod.id(), pod.cgroup()));
    }
}
