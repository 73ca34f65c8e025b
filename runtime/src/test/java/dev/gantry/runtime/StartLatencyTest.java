package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.process.Signals;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts many containers one after another, and prints how long a start takes. */
@Tag("root")
@Timeout(120)
class StartLatencyTest {
    private static final int WARM_UP = 20;
    private static final int STARTS = 100;

    @Test
    void startsOneAfterAnother() throws Exception {
        try (LivePods pods = new LivePods()) {
            PodHandle pod = pods.runtime.start(pods.spec());
            long[] nanos = new long[STARTS];
            for (int i = -WARM_UP; i < STARTS; i++) {
                ContainerLaunch launch = pods.launch("exec sleep 1000");
                long before = System.nanoTime();
                pod.start(launch);
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - before;
                }
                pod.signal(launch.id(), Signals.SIGKILL, true);
                LivePods.awaitExit(pod, launch.id());
                pod.delete(launch.id());
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "start of a container: median %.2f ms, 95%% %.2f ms%n",
                    nanos[STARTS / 2] / 1e6, nanos[STARTS * 95 / 100] / 1e6);
            pod.stop();
            assertThat(pods.leftovers()).isEmpty();
        }
    }
}
