package dev.gantry.runtime;

import dev.gantry.model.IdMappings;
import dev.gantry.model.Ids;
import dev.gantry.model.LogLimits;
import dev.gantry.model.Observer;
import dev.gantry.model.Resources;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import dev.gantry.runtime.seccomp.SeccompProfiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A runtime with directories and a control group of its own, containers of the machine's busybox,
 * and a look at what is left when all is gone.
 */
final class LivePods implements AutoCloseable {
    final Path root;
    final String cgroupParent;
    final RuntimeSettings settings;
    final PodRuntime runtime;
    private final Path layer;
    private final long mountsBefore;

    LivePods() throws IOException {
        this("pods");
    }

    /**
     * With another directory of pods.
     *
     * @param podsDir relative
     */
    LivePods(String podsDir) throws IOException {
        this(podsDir, CgroupDriver.CGROUPFS);
    }

    /** With a driver of control groups. */
    LivePods(String podsDir, CgroupDriver driver) throws IOException {
        String name = Ids.random().substring(0, 12);
        cgroupParent =
                switch (driver) {
                    case CGROUPFS -> "/gantry-test-" + name;
                    case SYSTEMD -> "gantrytest" + name + ".slice";
                };
        root = Files.createTempDirectory("gantry-runtime");
        layer = layer(root.resolve("layer"));
        settings =
                new RuntimeSettings(
                        Path.of(System.getProperty("gantry.shim", "target/native/gantry-shim"))
                                .toAbsolutePath(),
                        root.resolve(podsDir),
                        root.resolve("netns"),
                        "test-",
                        Map.of(
                                "",
                                new HandlerConfig.Native(),
                                "runc",
                                new HandlerConfig.Oci(
                                        Path.of(
                                                System.getProperty(
                                                        "gantry.runc", "/usr/sbin/runc")),
                                        root.resolve("runc"))),
                        driver,
                        Duration.ofSeconds(30));
        Files.createDirectories(settings.podsDir());
        mountsBefore = mounts();
        runtime = new PodRuntime(settings, Observer.NONE);
    }

    private static Path layer(Path layer) throws IOException {
        for (String directory : List.of("bin", "etc", "tmp", "proc", "sys", "dev")) {
            Files.createDirectories(layer.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), layer.resolve("bin/busybox"));
        for (String library : libraries()) {
            Path copy = layer.resolve(library.substring(1));
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            Files.copy(Path.of(library), copy);
        }
        for (String applet :
                List.of(
                        "sh", "cat", "sleep", "id", "true", "yes", "ls", "mount", "setsid", "stty",
                        "head", "nc")) {
            Files.createSymbolicLink(layer.resolve("bin/" + applet), Path.of("busybox"));
        }
        return layer;
    }

    /** What busybox is linked with, where it is not static. */
    private static List<String> libraries() throws IOException {
        Process ldd = new ProcessBuilder("ldd", "/bin/busybox").start();
        String said = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Pattern.compile("/[^ )]+").matcher(said).results().map(MatchResult::group).toList();
    }

    PodSpec spec() {
        return spec(NamespaceMode.POD, NamespaceMode.CONTAINER);
    }

    PodSpec spec(NamespaceMode network, NamespaceMode pid) {
        return spec(network, pid, Optional.empty());
    }

    PodSpec spec(NamespaceMode network, NamespaceMode pid, Optional<IdMappings> users) {
        return new PodSpec(
                Ids.random(),
                "pod-host",
                network,
                pid,
                NamespaceMode.POD,
                Map.of(),
                cgroupParent,
                Resources.NONE,
                PodSpec.SHM_SIZE,
                users);
    }

    OciSpec shell(String script) {
        OciSpec spec = SpecDefaults.spec(List.of("sh", "-c", script));
        return spec.withLinux(
                spec.linux()
                        .withSeccomp(
                                Optional.of(
                                        SeccompProfiles.defaults(
                                                Set.copyOf(SpecDefaults.CAPABILITIES)))));
    }

    ContainerLaunch launch(OciSpec spec, String handler) {
        String id = Ids.random();
        return new ContainerLaunch(
                id,
                spec,
                rootfs(id),
                handler,
                Optional.of(root.resolve(id + ".log")),
                LogLimits.NONE,
                false,
                false,
                false,
                true,
                new ProcessNamespace.OfPod(),
                List.of(),
                Optional.empty());
    }

    /** The same container with stdin, or a terminal. */
    static ContainerLaunch with(
            ContainerLaunch launch, boolean terminal, boolean stdin, boolean stdinOnce) {
        return new ContainerLaunch(
                launch.id(),
                launch.spec(),
                launch.rootfs(),
                launch.handler(),
                launch.logPath(),
                launch.logLimits(),
                terminal,
                stdin,
                stdinOnce,
                launch.podShm(),
                launch.processes(),
                launch.volumes(),
                launch.checkpoint());
    }

    ContainerLaunch launch(String script) {
        return launch(shell(script), "");
    }

    OciMount volume(String name) {
        return OciMount.bind(root.resolve(name).toString(), "/" + name, List.of("rw"));
    }

    private Rootfs rootfs(String id) {
        try {
            Path upper = Files.createDirectories(root.resolve("c/" + id + "/upper"));
            Path work = Files.createDirectories(root.resolve("c/" + id + "/work"));
            return new Rootfs(List.of(layer), upper, work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a container's log, each line without time. */
    List<String> log(ContainerLaunch launch) throws IOException {
        return Files.readAllLines(launch.logPath().orElseThrow()).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    /** How many lines a file has. */
    static int size(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for something that is bound to come; the test's own deadline ends it otherwise. */
    static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    static ContainerProcess find(PodHandle pod, String id) {
        return pod.list().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    }

    static Exit awaitExit(PodHandle pod, String id) throws InterruptedException {
        await(() -> find(pod, id).exit().isPresent());
        return find(pod, id).exit().orElseThrow();
    }

    private static long mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(l -> l.contains("gantry-runtime"))
                .count();
    }

    /** What a pod has left in the kernel or on disk; empty when nothing. */
    List<String> leftovers() throws IOException {
        var left = new java.util.ArrayList<String>();
        for (Path dir : List.of(settings.podsDir(), settings.netnsDir(), root.resolve("runc"))) {
            if (Files.exists(dir)) {
                try (Stream<Path> entries = Files.list(dir)) {
                    entries.map(Path::toString).forEach(left::add);
                }
            }
        }
        Path cgroup = Path.of(cgroupParent);
        Cgroups.detect().group(cgroup.toString()).procsFiles().stream()
                .map(f -> f.resolveSibling("."))
                .filter(Files::exists)
                .forEach(d -> left.addAll(children(d)));
        Path unified = Path.of("/sys/fs/cgroup/unified" + cgroupParent);
        if (Files.exists(unified)) {
            left.addAll(children(unified));
        }
        if (mounts() != mountsBefore) {
            left.add("mounts: " + (mounts() - mountsBefore));
        }
        left.addAll(processes());
        return left;
    }

    private static List<String> children(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> processes() {
        return ProcessHandle.allProcesses()
                .filter(
                        p ->
                                p.info()
                                        .arguments()
                                        .filter(a -> String.join(" ", a).contains(root + "/pods"))
                                        .isPresent())
                .map(p -> "process " + p.pid())
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (String id : runtime.podIds()) {
            runtime.purge(id, "");
        }
        var group = Cgroups.detect().group(cgroupParent);
        group.kill();
        group.remove();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
