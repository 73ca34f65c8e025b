import dev.gantry.proto.cri.v1.*;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many pods at once, each with a container: starts them so many at a time, asks for lists, statistics and statuses while they all run,
 * and takes them down; prints the tail of every call's times, and what daemon and shims take of memory. Arguments: folder for logs,
 * image, pods on the host's network, pods with CNI, calls at a time, the daemon's pid, its folder of pods, NAME=SOCKET.
 */
static final Times TIMES = new Times();

record Running(PodSandboxConfig config, String pod, String container) {}

void main(String[] arguments) throws Exception {
    Path logs = Path.of(arguments[0]);
    String image = arguments[1];
    int host = Integer.parseInt(arguments[2]);
    int cni = Integer.parseInt(arguments[3]);
    int width = Integer.parseInt(arguments[4]);
    String daemon = arguments[5];
    Path pods = Path.of(arguments[6]);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (Peer peer = Peer.connect(arguments[7], loop);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        peer.pull(image);
        IO.println("idle: " + memory(daemon, pods));
        List<PodSandboxConfig> configs =
                IntStream.range(0, host + cni).mapToObj(i -> Peer.pod("load-" + i, logs, i >= cni)).toList();
        Semaphore slots = new Semaphore(width);
        long begun = System.nanoTime();
        List<Running> running = all(threads, slots, configs.stream().map(c -> (Callable<Running>) () -> up(peer, image, c)).toList());
        IO.println(
                "%d pods on the host's network and %d with CNI are up after %.1f s, %d at a time"
                        .formatted(host, cni, (System.nanoTime() - begun) / 1e9, width));
        IO.println("with all of them: " + memory(daemon, pods));
        ask(peer, running, threads, slots);
        IO.println("after the questions: " + memory(daemon, pods));
        all(threads, slots, running.stream().map(r -> (Callable<Boolean>) () -> down(peer, r)).toList());
        IO.println("after their removal: " + memory(daemon, pods));
        TIMES.printTails(peer);
    } finally {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}

Running up(Peer peer, String image, PodSandboxConfig config) throws Exception {
    var cri = peer.runtime();
    boolean cni = !config.getHostname().isEmpty();
    String pod =
            TIMES.time("RunPodSandbox" + (cni ? "" : " (host)"), peer, () -> cri.runPodSandbox(Peer.run(config))).getPodSandboxId();
    var request = Peer.create(pod, Peer.container(image, "sleep", "100000"), config);
    String container = TIMES.time("CreateContainer", peer, () -> cri.createContainer(request)).getContainerId();
    TIMES.time("StartContainer", peer, () -> cri.startContainer(Peer.start(container)));
    return new Running(config, pod, container);
}

/** What kubelet and its probes ask while pods run: lists ten times each, and every pod and container once. */
void ask(Peer peer, List<Running> running, ExecutorService threads, Semaphore slots) throws Exception {
    var cri = peer.runtime();
    for (int i = 0; i < 10; i++) {
        expect(running, TIMES.time("ListPodSandbox", peer, () -> cri.listPodSandbox(ListPodSandboxRequest.getDefaultInstance())).getItemsCount());
        expect(
                running,
                TIMES.time("ListContainers", peer, () -> cri.listContainers(ListContainersRequest.getDefaultInstance())).getContainersCount());
        expect(
                running,
                TIMES.time("ListContainerStats", peer, () -> cri.listContainerStats(ListContainerStatsRequest.getDefaultInstance()))
                        .getStatsCount());
        expect(
                running,
                TIMES.time("ListPodSandboxStats", peer, () -> cri.listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance()))
                        .getStatsCount());
        expect(
                running,
                TIMES.time("ListPodSandboxMetrics", peer, () -> cri.listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance()))
                        .getPodMetricsCount());
    }
    List<Callable<Boolean>> questions = new ArrayList<>();
    for (Running r : running) {
        questions.add(
                () -> {
                    TIMES.time("PodSandboxStatus", peer, () -> cri.podSandboxStatus(Peer.podStatus(r.pod)));
                    TIMES.time("ContainerStatus", peer, () -> cri.containerStatus(Peer.status(r.container)));
                    TIMES.time("ExecSync", peer, () -> cri.execSync(Peer.exec(r.container, "true")));
                    return true;
                });
    }
    all(threads, slots, questions);
}

static void expect(List<Running> running, int count) {
    if (count != running.size()) {
        throw new IllegalStateException("a list has %d entries, not %d".formatted(count, running.size()));
    }
}

boolean down(Peer peer, Running r) throws Exception {
    var cri = peer.runtime();
    String kind = r.config.getHostname().isEmpty() ? " (host)" : "";
    TIMES.time("StopContainer", peer, () -> cri.stopContainer(Peer.stop(r.container)));
    TIMES.time("RemoveContainer", peer, () -> cri.removeContainer(Peer.remove(r.container)));
    TIMES.time("StopPodSandbox" + kind, peer, () -> cri.stopPodSandbox(Peer.stopPod(r.pod)));
    TIMES.time("RemovePodSandbox" + kind, peer, () -> cri.removePodSandbox(Peer.removePod(r.pod)));
    return true;
}

/** Does all the work, so much at a time as there are slots; the first failure ends it. */
static <T> List<T> all(ExecutorService threads, Semaphore slots, List<Callable<T>> work) throws Exception {
    List<Future<T>> futures = new ArrayList<>();
    for (Callable<T> one : work) {
        slots.acquire();
        futures.add(
                threads.submit(
                        () -> {
                            try {
                                return one.call();
                            } finally {
                                slots.release();
                            }
                        }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
        results.add(future.get());
    }
    return results;
}

static String memory(String daemon, Path pods) throws IOException {
    long shims = 0;
    int count = 0;
    if (Files.isDirectory(pods)) {
        try (Stream<Path> directories = Files.list(pods)) {
            for (Path pid : directories.map(d -> d.resolve("shim.pid")).filter(Files::exists).toList()) {
                shims += kib(Files.readString(pid).strip(), "Pss:");
                count++;
            }
        }
    }
    return "gantryd %d MiB resident (%d MiB PSS), %d shims %.1f MiB PSS (%d KiB each)"
            .formatted(kib(daemon, "Rss:") / 1024, kib(daemon, "Pss:") / 1024, count, shims / 1024.0, count == 0 ? 0 : shims / count);
}

static long kib(String pid, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", pid, "smaps_rollup"))) {
        if (line.startsWith(field)) {
            return Long.parseLong(line.replaceAll("\\D", ""));
        }
    }
    throw new IOException("no " + field + " of process " + pid);
}
