import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.cgroup.Cgroups;
import dev.gantry.runtime.cgroup.ProcessCounter;
import dev.gantry.runtime.oci.OciResources;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The control groups of many containers read one after another and on two threads: what a list of statistics and a scrape of metrics
 * cost without gRPC. Arguments: containers, rounds.
 */
void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    String parent = "/gantry-bench-" + ProcessHandle.current().pid();
    Cgroups cgroups = Cgroups.detect();
    List<Cgroup> all = new ArrayList<>();
    try {
        for (int i = 0; i < count; i++) {
            Cgroup group = cgroups.group("%s/pod%d/container%d".formatted(parent, i / 10, i));
            group.create(OciResources.NONE);
            all.add(group);
        }
        int self = (int) ProcessHandle.current().pid();
        print("statistics", count, rounds, all, group -> group.stats().orElseThrow());
        print("metrics", count, rounds, all, group -> group.details().orElseThrow());
        print("descriptors of a JVM", count, rounds, all, group -> ProcessCounter.count(group, self));
    } finally {
        cgroups.group(parent).remove();
    }
}

void print(String what, int count, int rounds, List<Cgroup> all, Consumer<Cgroup> read) throws InterruptedException {
    for (int threads = 1; threads <= 2; threads++) {
        double[] millis = new double[rounds];
        double[] processor = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long begun = System.nanoTime();
            long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            pass(threads, all, read);
            millis[round] = (System.nanoTime() - begun) / 1e6;
            processor[round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - used) / 1e6;
        }
        Arrays.sort(millis);
        Arrays.sort(processor);
        IO.println(
                "%-22s of %d containers, threads: %d: median %.1f ms, best %.1f ms; the first thread's processor time %.1f ms"
                        .formatted(what, count, threads, millis[rounds / 2], millis[0], processor[rounds / 2]));
    }
}

void pass(int threads, List<Cgroup> all, Consumer<Cgroup> read) throws InterruptedException {
    if (threads == 1) {
        all.forEach(read);
        return;
    }
    Thread other = Thread.ofPlatform().start(() -> all.subList(0, all.size() / 2).forEach(read));
    all.subList(all.size() / 2, all.size()).forEach(read);
    other.join();
}
