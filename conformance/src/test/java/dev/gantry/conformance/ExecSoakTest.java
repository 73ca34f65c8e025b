package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ExecSyncResponse;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many ExecSync calls, 8 at a time: of ten, one times out and one leaves a child in the background
 * that holds its stdout. Afterwards daemon, shim and container are as they were.
 */
@Tag("root")
@Tag("go")
class ExecSoakTest {
    private static final int CALLS = Integer.getInteger("gantry.execs", 400);
    private static final int WARM_UP = 200;
    private static final int AT_ONCE = 8;

    /** What a warm JVM's heap and code still grow by. */
    private static final long DAEMON_NOISE_KIB = 64 << 10;

    private static final long SHIM_NOISE_KIB = 256;

    /** What daemon, shim and container hold at a moment. */
    private record Holdings(
            long daemonDescriptors,
            long daemonKib,
            long daemonThreads,
            long shimDescriptors,
            long shimKib,
            long processes) {
        static Holdings of(long daemon, long shim, String container) throws IOException {
            return new Holdings(
                    Inventory.descriptors(daemon),
                    status(daemon, "VmRSS:"),
                    status(daemon, "Threads:"),
                    Inventory.descriptors(shim),
                    status(shim, "VmRSS:"),
                    processes(container));
        }

        private static long status(long pid, String key) throws IOException {
            return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        }

        private static long processes(String container) {
            return ProcessHandle.allProcesses().filter(p -> inside(p.pid(), container)).count();
        }

        private static boolean inside(long pid, String container) {
            try {
                return Files.readString(Path.of("/proc/%d/cgroup".formatted(pid)))
                        .contains(container);
            } catch (IOException _) {
                return false;
            }
        }
    }

    @Test
    void nothingIsLeftOfManyExecs() throws Exception {
        try (TestHost host = TestHost.start("soak");
                Daemon daemon = host.daemon("soak").start()) {
            Configs configs = new Configs(host.work().resolve("configs"));
            daemon.crictl("pull", Configs.BUSYBOX).orFail();
            String pod = configs.pod("soak", "");
            String podId = daemon.crictl("runp", pod).orFail().line();
            // Its first process is one that reaps.
            String config = configs.shell("soak", "while :; do sleep 1000; done", "");
            String id = daemon.crictl("create", podId, config, pod).orFail().line();
            daemon.crictl("start", id).orFail();
            Path pidFile = daemon.folder().resolve("state/pods").resolve(podId).resolve("shim.pid");
            long shim = Long.parseLong(Files.readString(pidFile).strip());
            long pid = daemon.pid();

            try (Client client = Client.connect(daemon.socket())) {
                client.run(id, WARM_UP);
                Holdings before = settled(pid, shim, id, 2);
                long began = System.nanoTime();
                List<Long> times = client.run(id, CALLS);
                double seconds = (System.nanoTime() - began) / 1e9;
                Holdings after = settled(pid, shim, id, before.processes());
                report(times, seconds, before, after);

                assertThat(after.processes()).isEqualTo(before.processes());
                assertThat(after.shimDescriptors()).isEqualTo(before.shimDescriptors());
                assertThat(after.daemonDescriptors())
                        .isLessThanOrEqualTo(before.daemonDescriptors() + 2);
                assertThat(after.daemonThreads()).isLessThanOrEqualTo(before.daemonThreads() + 8);
                assertThat(after.shimKib()).isLessThanOrEqualTo(before.shimKib() + SHIM_NOISE_KIB);
                assertThat(after.daemonKib())
                        .isLessThanOrEqualTo(before.daemonKib() + DAEMON_NOISE_KIB);
            }
        }
    }

    /** Once what was left in the background has ended, or after ten seconds. */
    private static Holdings settled(long daemon, long shim, String container, long processes)
            throws Exception {
        Holdings now = Holdings.of(daemon, shim, container);
        for (int i = 0; i < 100 && now.processes() > processes; i++) {
            Thread.sleep(100);
            now = Holdings.of(daemon, shim, container);
        }
        return now;
    }

    private static void report(List<Long> times, double seconds, Holdings before, Holdings after)
            throws IOException {
        Collections.sort(times);
        String text =
                """
                %d ExecSync calls, %d at a time, in %.1f s; those that were not to time out: median %.1f ms, p99 %.1f ms
                before: %s
                after:  %s
                """
                        .formatted(
                                CALLS,
                                AT_ONCE,
                                seconds,
                                times.get(times.size() / 2) / 1e6,
                                times.get(times.size() * 99 / 100) / 1e6,
                                before,
                                after);
        Path file = Places.project().resolve("conformance/target/exec-soak.txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private record Client(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
        static Client connect(Path socket) {
            EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                            .eventLoopGroup(loop)
                            .channelType(
                                    NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                            .usePlaintext()
                            .build();
            return new Client(channel, loop);
        }

        /** The nanoseconds that each call took which was not to time out. */
        List<Long> run(String container, int calls) throws Exception {
            List<Future<Long>> running = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
                for (int i = 0; i < calls; i++) {
                    int number = i;
                    running.add(threads.submit(() -> call(container, number)));
                }
            }
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < running.size(); i++) {
                if (i % 10 != 3) {
                    times.add(running.get(i).get());
                } else {
                    running.get(i).get();
                }
            }
            return times;
        }

        private long call(String container, int number) {
            long began = System.nanoTime();
            switch (number % 10) {
                case 3 -> timesOut(container);
                case 7 ->
                        assertThat(say(container, "sleep 2 & echo started " + number))
                                .isEqualTo("started " + number + "\n");
                default ->
                        assertThat(say(container, "echo hello " + number))
                                .isEqualTo("hello " + number + "\n");
            }
            return System.nanoTime() - began;
        }

        private void timesOut(String container) {
            try {
                exec(container, "sleep 1000 & setsid sleep 1000 & sleep 1000", 1);
                throw new AssertionError("a command outlived its timeout");
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            }
        }

        private String say(String container, String script) {
            ExecSyncResponse answer = exec(container, script, 60);
            assertThat(answer.getExitCode()).isZero();
            return answer.getStdout().toStringUtf8();
        }

        private ExecSyncResponse exec(String container, String script, int timeout) {
            return RuntimeServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(120, TimeUnit.SECONDS)
                    .execSync(
                            ExecSyncRequest.newBuilder()
                                    .setContainerId(container)
                                    .addAllCmd(List.of("sh", "-c", script))
                                    .setTimeout(timeout)
                                    .build());
        }

        @Override
        public void close() {
            channel.shutdownNow();
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
