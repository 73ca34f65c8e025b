package dev.gantry.server.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The daemon's process, under the names that Prometheus' own clients use, so that dashboards for
 * any process fit.
 */
final class ProcessMetrics implements MeterBinder {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;

    private final UnixOperatingSystemMXBean system =
            ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(
                        "process.cpu.seconds",
                        system,
                        s -> Math.max(0, s.getProcessCpuTime()) / 1e9)
                .description("CPU time of the daemon, user and system")
                .register(registry);
        Gauge.builder(
                        "process.open.fds",
                        system,
                        UnixOperatingSystemMXBean::getOpenFileDescriptorCount)
                .description("Descriptors that the daemon has open")
                .register(registry);
        Gauge.builder(
                        "process.max.fds",
                        system,
                        UnixOperatingSystemMXBean::getMaxFileDescriptorCount)
                .description("Descriptors that the daemon may have open")
                .register(registry);
        Gauge.builder("process.resident.memory.bytes", () -> pages(1) * PAGE)
                .description("Memory of the daemon that is in RAM, shared pages included")
                .register(registry);
        Gauge.builder("process.virtual.memory.bytes", () -> pages(0) * PAGE)
                .description("Address space of the daemon")
                .register(registry);
        double started = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
        Gauge.builder("process.start.time.seconds", () -> started)
                .description("When the daemon was started, since the epoch")
                .register(registry);
    }

    /** A column of proc(5) statm; NaN, which Prometheus knows, where it cannot be read. */
    private static double pages(int column) {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ", -1)[column]);
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
