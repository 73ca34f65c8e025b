package dev.gantry.server.train;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.AttachOptions;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ExecRequest;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodSpec;
import dev.gantry.runtime.PodStatistics;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.handler.HostFacts;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.Clone;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanCompiler;
import dev.gantry.runtime.plan.PlanContext;
import dev.gantry.runtime.plan.PlanEncoder;
import dev.gantry.runtime.seccomp.SeccompPrograms;
import dev.gantry.runtime.shim.ShimClient;
import dev.gantry.runtime.shim.ShimExec;
import dev.gantry.runtime.shim.StartRequest;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A pod of the training: each plan is compiled and encoded as for a real one, and one that only
 * executes a program is carried out.
 */
final class DryPod implements PodHandle {
    private static final SeccompPrograms PROGRAMS = new SeccompPrograms();

    private final PodSpec spec;
    private final String cgroup;
    private final Path dir;
    private final Path netns;
    private final HostFacts facts;
    private final ShimClient shim;
    private final int pid;
    private final Map<String, OciSpec> specs = new ConcurrentHashMap<>();

    DryPod(PodSpec spec, Path dir, Path netns, HostFacts facts, RuntimeSettings settings) {
        this.spec = spec;
        this.dir = dir;
        this.netns = netns;
        this.facts = facts;
        cgroup = spec.cgroup(settings.cgroupDriver());
        shim = new ShimClient(dir, settings.deadline());
        shim.setUp(List.of());
        pid = shim.ping().pid();
    }

    @Override
    public Optional<OciSpec> specification(String containerId) {
        return Optional.ofNullable(specs.get(containerId));
    }

    private PlanContext context() {
        return new PlanContext(
                Clone.NEWNET | Clone.NEWUTS | Clone.NEWIPC,
                List.of(dir.resolve("cgroup.procs")),
                Cgroups.detect().layout(),
                dir.resolve("rootfs"),
                () -> dir,
                facts.capabilities(),
                !facts.mayLowerOom(),
                PROGRAMS::program);
    }

    private static List<LaunchStep> program(String... argv) {
        return List.of(
                new LaunchStep.Exec(
                        List.of("/bin/" + argv[0], "/usr/bin/" + argv[0]),
                        List.of(argv),
                        List.of("PATH=/bin")));
    }

    @Override
    public Started start(ContainerLaunch launch) {
        OciSpec stored = OciSpec.parse(launch.spec().toJson());
        PlanEncoder.encode(
                PlanCompiler.container(stored, launch.rootfs(), launch.podShm(), context()));
        specs.put(launch.id(), stored);
        return shim.start(
                new StartRequest(
                        launch.id(),
                        0,
                        launch.logPath().map(Path::toString).orElse(""),
                        launch.logLimits(),
                        "",
                        "",
                        "",
                        program("sleep", "1000"),
                        List.of()));
    }

    @Override
    public ExecResult exec(ExecRequest request) {
        OciSpec of =
                specs.getOrDefault(request.containerId(), OciSpec.parse(new byte[] {'{', '}'}));
        OciProcess process = of.process().withArgs(request.argv()).withTerminal(false);
        PlanEncoder.encode(PlanCompiler.exec(of, process, context()));
        return ShimExec.run(
                dir,
                new ShimExec.Call(
                        request.containerId(),
                        0,
                        "",
                        program("echo", "hello"),
                        request.timeout(),
                        request.outputLimit(),
                        List::of,
                        RuntimeSettings.DEADLINE));
    }

    @Override
    public ProcessStreams open(
            String containerId, List<String> argv, StreamOptions options, CommandOptions command) {
        throw notTrained("an interactive command");
    }

    @Override
    public ProcessStreams attach(String containerId, AttachOptions options) {
        throw notTrained("attaching");
    }

    @Override
    public SocketChannel connect(int port) {
        throw notTrained("a connection to port " + port);
    }

    @Override
    public void checkpoint(String containerId, Path work, Duration timeout) {
        throw notTrained("a checkpoint");
    }

    private static Failure notTrained(String what) {
        return Failure.internal(what + " is not part of the training");
    }

    @Override
    public String id() {
        return spec.id();
    }

    @Override
    public Optional<Path> netns() {
        return Optional.of(netns);
    }

    @Override
    public int shimPid() {
        return pid;
    }

    @Override
    public String cgroup() {
        return cgroup;
    }

    @Override
    public boolean heeds(int pid, int signal) {
        return true;
    }

    @Override
    public void signal(String containerId, int signal, boolean all) {
        shim.signal(containerId, signal);
    }

    @Override
    public List<ContainerProcess> list() {
        return shim.list();
    }

    @Override
    public void pause(String containerId) {
        throw notTrained("a pause");
    }

    @Override
    public void resume(String containerId) {
        throw notTrained("a pause");
    }

    @Override
    public List<Integer> processes(String containerId) {
        return List.of();
    }

    @Override
    public void reopenLog(String containerId) {
        shim.reopenLog(containerId);
    }

    @Override
    public PodStatistics statistics() {
        return new DryStatistics();
    }

    @Override
    public void update(String containerId, Resources resources) {}

    @Override
    public void update(Resources resources) {}

    @Override
    public void delete(String containerId) {
        shim.delete(containerId);
    }

    @Override
    public AutoCloseable onExit(Consumer<ContainerProcess> listener) {
        return shim.onExit(listener);
    }

    @Override
    public void stop() {
        shim.shutdown();
    }
}
