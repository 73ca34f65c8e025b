import dev.gantry.proto.cri.v1.*;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Pulls images that are not there, one runtime after the other, again and again, and prints the medians: the call's wall time, the CPU
 * time that the daemon and what it started took, the most memory that the daemon held, what reached the disk (with a sync after the
 * call), and how long a container of the fresh image took to start. Arguments: folder for logs, registry, rounds, the block device's
 * folder in /sys/dev/block or "-", NAME=SOCKET=PID...
 */
record Scenario(String name, List<String> images) {}

record Sample(double wall, double cpu, double memory, double written, double sync, double create, double start) {}

record Daemon(Peer peer, String pid) {}

void main(String[] arguments) throws Exception {
    Path logs = Path.of(arguments[0]);
    String registry = arguments[1];
    int rounds = Integer.parseInt(arguments[2]);
    Path device = Path.of(arguments[3]);
    List<Scenario> scenarios =
            List.of(
                    new Scenario("eight layers", List.of(registry + "/bench/eight:v1")),
                    new Scenario("one layer", List.of(registry + "/bench/one:v1")),
                    new Scenario("sixty layers", List.of(registry + "/bench/sixty:v1")),
                    new Scenario("ten images", IntStream.range(0, 10).mapToObj(i -> registry + "/bench/ten-" + i + ":v1").toList()));
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Daemon> daemons = new ArrayList<>();
        for (int i = 4; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 3);
            daemons.add(new Daemon(Peer.connect(parts[0] + "=" + parts[1], loop), parts[2]));
        }
        for (Daemon daemon : daemons) {
            for (Scenario scenario : scenarios.subList(2, 4)) {
                pull(daemon, scenario, threads);
                container(daemon, scenario.images().getFirst(), logs);
                remove(daemon, scenario);
            }
        }
        IO.println("%-14s%-14s%9s%9s%9s%9s%9s%10s%9s".formatted("", "", "wall s", "CPU s", "MiB", "written", "sync s", "create ms", "start ms"));
        for (Scenario scenario : scenarios) {
            List<List<Sample>> samples = new ArrayList<>();
            daemons.forEach(_ -> samples.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < daemons.size(); i++) {
                    samples.get(i).add(measure(daemons.get(i), scenario, threads, logs, device));
                }
            }
            for (int i = 0; i < daemons.size(); i++) {
                print(scenario, daemons.get(i), samples.get(i));
            }
        }
        daemons.forEach(daemon -> daemon.peer().close());
    } finally {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}

Sample measure(Daemon daemon, Scenario scenario, ExecutorService threads, Path logs, Path device) throws Exception {
    settle();
    long written = written(device);
    double cpu = cpu(daemon.pid());
    Files.writeString(Path.of("/proc", daemon.pid(), "clear_refs"), "5");
    double wall = seconds(() -> pull(daemon, scenario, threads));
    double memory = status(daemon.pid(), "VmHWM:") / 1024.0;
    double used = cpu(daemon.pid()) - cpu;
    double sync = seconds(PullsSync::run);
    double megabytes = (written(device) - written) / 2048.0;
    double[] container = container(daemon, scenario.images().getFirst(), logs);
    remove(daemon, scenario);
    return new Sample(wall, used, memory, megabytes, sync, container[0], container[1]);
}

void pull(Daemon daemon, Scenario scenario, ExecutorService threads) throws Exception {
    List<Future<?>> calls = new ArrayList<>();
    for (String image : scenario.images()) {
        calls.add(threads.submit(() -> daemon.peer().pull(image)));
    }
    for (Future<?> call : calls) {
        call.get();
    }
}

/** Milliseconds that the creation and the start of a container took, in a pod on the host's network that is there already. */
double[] container(Daemon daemon, String image, Path logs) throws Exception {
    var cri = daemon.peer().runtime();
    PodSandboxConfig config = Peer.pod("pull-" + System.nanoTime(), logs, true);
    String pod = cri.runPodSandbox(Peer.run(config)).getPodSandboxId();
    var request = Peer.create(pod, Peer.container(image, "/bin/busybox", "sleep", "1000"), config);
    String[] id = new String[1];
    double create = 1000 * seconds(() -> id[0] = cri.createContainer(request).getContainerId());
    double start = 1000 * seconds(() -> cri.startContainer(Peer.start(id[0])));
    cri.stopContainer(Peer.stop(id[0]));
    cri.removeContainer(Peer.remove(id[0]));
    cri.stopPodSandbox(Peer.stopPod(pod));
    cri.removePodSandbox(Peer.removePod(pod));
    return new double[] {create, start};
}

void remove(Daemon daemon, Scenario scenario) {
    for (String image : scenario.images()) {
        daemon.peer().images().removeImage(RemoveImageRequest.newBuilder().setImage(Peer.spec(image)).build());
    }
}

/** What was removed is off the disk, also where a collector does that a little later. */
void settle() throws Exception {
    Thread.sleep(3000);
    PullsSync.run();
}

interface Work {
    void run() throws Exception;
}

double seconds(Work work) throws Exception {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
}

static final class PullsSync {
    static void run() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
    }
}

/** User and system time in seconds, with that of processes which it waited for. */
double cpu(String pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(fields[i]);
    }
    return ticks / 100.0;
}

long status(String pid, String key) throws IOException {
    return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
            .filter(line -> line.startsWith(key))
            .map(line -> line.replaceAll("[^0-9]", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElse(0);
}

/** Sectors of 512 bytes that were written to the device. */
long written(Path device) throws IOException {
    Path stat = device.resolve("stat");
    return Files.exists(stat) ? Long.parseLong(Files.readString(stat).trim().split(" +")[6]) : 0;
}

void print(Scenario scenario, Daemon daemon, List<Sample> samples) {
    IO.println(
            "%-14s%-14s%9.2f%9.2f%9.0f%9.0f%9.2f%10.1f%9.1f"
                    .formatted(
                            scenario.name(),
                            daemon.peer().name(),
                            median(samples, Sample::wall),
                            median(samples, Sample::cpu),
                            median(samples, Sample::memory),
                            median(samples, Sample::written),
                            median(samples, Sample::sync),
                            median(samples, Sample::create),
                            median(samples, Sample::start)));
}

double median(List<Sample> samples, java.util.function.ToDoubleFunction<Sample> of) {
    double[] sorted = samples.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
}
