package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.ContainerStats;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.PodMetrics;
import dev.gantry.engine.PodState;
import dev.gantry.engine.PodStats;
import dev.gantry.engine.Usage;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.linux.fs.FileSystemSpace;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.LinuxPodSandboxStats;
import dev.gantry.proto.cri.v1.ListMetricDescriptorsRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxMetricsRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.Metric;
import dev.gantry.proto.cri.v1.MetricDescriptor;
import dev.gantry.proto.cri.v1.PodSandboxMetrics;
import dev.gantry.proto.cri.v1.PodSandboxStatsFilter;
import dev.gantry.proto.cri.v1.StreamPodSandboxMetricsRequest;
import dev.gantry.proto.cri.v1.StreamPodSandboxStatsRequest;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.runtime.InterfaceStats.Traffic;
import dev.gantry.runtime.Pressure;
import dev.gantry.runtime.ProcessCounts;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What kubelet reads of pods' statistics and metrics. */
class StatsCallsTest {
    private static final Instant AT = Instant.ofEpochSecond(1_700_000_000L, 5);
    private static final Pressure PRESSURE =
            new Pressure(
                    new Pressure.Line(3_900_000_000L, 1, 2, 3),
                    Optional.of(new Pressure.Line(2_000_000_000L, 0, 0, 0)));
    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private static Pod pod() {
        return new Pod(
                "p1",
                Scope.CRI,
                PodConfig.named(new PodName("web", "shop", "uid", 0), NamespaceOptions.DEFAULT),
                "",
                PodState.READY,
                AT,
                "/kubepods/p1",
                PodNetwork.NONE,
                Optional.empty(),
                7,
                "");
    }

    private static Container container() {
        Resources resources =
                new Resources(
                        512,
                        20_000,
                        100_000,
                        "",
                        "",
                        64 << 20,
                        -1,
                        0,
                        OptionalInt.empty(),
                        Map.of(),
                        Map.of());
        return new Container(
                "c1",
                "p1",
                Scope.CRI,
                ContainerConfig.named("app", "nginx:1"),
                "",
                FakeImages.ID,
                "ref",
                ImageDefaults.of(FakeImages.image("nginx", "").config()),
                new Container.User(0, 0, List.of(), "/"),
                15,
                resources,
                Optional.empty(),
                new ContainerState.Running(7, AT),
                AT);
    }

    private static CgroupStats stats() {
        return new CgroupStats(
                AT,
                new CgroupStats.Cpu(7_900_000_000L, Optional.of(PRESSURE)),
                new CgroupStats.Memory(
                        500,
                        400,
                        OptionalLong.empty(),
                        300,
                        200,
                        100,
                        11,
                        3,
                        Optional.of(PRESSURE)),
                new CgroupStats.Swap(OptionalLong.of(0), OptionalLong.empty()),
                OptionalLong.of(7),
                Optional.of(PRESSURE));
    }

    private static CgroupDetails details(String path) {
        return new CgroupDetails(
                path,
                stats(),
                new CgroupDetails.CpuSplit(
                        OptionalLong.of(5_000_000_000L), OptionalLong.of(2_999_999_999L)),
                Optional.of(new CgroupDetails.Throttling(10, 4, 1_500_000_000L)),
                new CgroupDetails.MemoryHistory(
                        OptionalLong.of(50),
                        OptionalLong.of(600),
                        OptionalLong.of(2),
                        OptionalLong.of(1)),
                OptionalLong.empty(),
                List.of(new CgroupDetails.DeviceIo(0, 250, 1, 2, 3, 4)),
                List.of(new CgroupDetails.HugePages("2MB", 9, OptionalLong.of(10))));
    }

    private static InterfaceStats eth(String name) {
        return new InterfaceStats(name, new Traffic(1, 2, 3, 4), new Traffic(5, 6, 7, 8));
    }

    private static PodMetrics metrics() {
        return new PodMetrics(
                pod(),
                Optional.of(details("/kubepods/p1")),
                List.of(eth("eth0"), eth("net1")),
                List.of(
                        new PodMetrics.ContainerMetrics(
                                container(),
                                new ContainerState.Running(7, AT),
                                details("/kubepods/p1/c1"),
                                Optional.of(
                                        new ProcessCounts(
                                                AT,
                                                2,
                                                30,
                                                OptionalLong.of(5),
                                                OptionalLong.of(-1))),
                                Optional.of(new ContainerStats.Disk(AT, "/d", 4096, 3)),
                                Optional.of(
                                        new PodMetrics.FileSystem(
                                                "/dev/vda1",
                                                new FileSystemSpace(1000, 500, 100, 50))))));
    }

    @Test
    void podStatisticsHaveEverything() {
        door.engine.podStats =
                List.of(
                        new PodStats(
                                pod(),
                                Optional.of(new Usage(stats(), OptionalLong.of(9))),
                                Optional.of(
                                        new PodStats.Network(
                                                AT, eth("eth0"), List.of(eth("net1")))),
                                List.of(
                                        new ContainerStats(
                                                container(), Optional.empty(), Optional.empty()))),
                        new PodStats(pod(), Optional.empty(), Optional.empty(), List.of()));
        var answer =
                door.runtime.listPodSandboxStats(
                        ListPodSandboxStatsRequest.newBuilder()
                                .setFilter(
                                        PodSandboxStatsFilter.newBuilder()
                                                .setId("p")
                                                .putLabelSelector("l", "v"))
                                .build());
        assertThat(door.engine.asked)
                .containsExactly(
                        new PodFilter(
                                Scope.CRI, Optional.of("p"), Optional.empty(), Map.of("l", "v")));
        assertThat(answer.getStats(0).getAttributes().getMetadata().getName()).isEqualTo("web");
        LinuxPodSandboxStats linux = answer.getStats(0).getLinux();
        assertThat(linux.getCpu().getUsageNanoCores().getValue()).isEqualTo(9);
        assertThat(linux.getCpu().getPsi().getFull().getTotal()).isEqualTo(2_000_000_000L);
        assertThat(linux.getMemory().getWorkingSetBytes().getValue()).isEqualTo(400);
        assertThat(linux.getMemory().hasAvailableBytes()).isFalse();
        assertThat(linux.getIo().getPsi().getSome().getAvg300()).isEqualTo(3);
        assertThat(linux.getProcess().getProcessCount().getValue()).isEqualTo(7);
        assertThat(linux.getNetwork().getDefaultInterface().getName()).isEqualTo("eth0");
        assertThat(linux.getNetwork().getDefaultInterface().getTxErrors().getValue()).isEqualTo(7);
        assertThat(linux.getNetwork().getInterfacesList())
                .extracting(i -> i.getName() + i.getRxBytes().getValue())
                .containsExactly("net11");
        assertThat(linux.getContainers(0).getAttributes().getId()).isEqualTo("c1");
        // kubelet dereferences both without a look.
        assertThat(answer.getStats(1).hasLinux()).isTrue();
        assertThat(answer.getStats(1).getLinux().hasNetwork()).isFalse();

        assertThat(
                        door.runtime.streamPodSandboxStats(
                                StreamPodSandboxStatsRequest.getDefaultInstance()))
                .toIterable()
                .singleElement()
                .satisfies(
                        part ->
                                assertThat(part.getPodSandboxStatsList())
                                        .isEqualTo(answer.getStatsList()));
    }

    private List<MetricDescriptor> descriptors() {
        return door.runtime
                .listMetricDescriptors(ListMetricDescriptorsRequest.getDefaultInstance())
                .getDescriptorsList();
    }

    private PodSandboxMetrics podMetrics() {
        door.engine.podMetrics = List.of(metrics());
        return door.runtime
                .listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())
                .getPodMetrics(0);
    }

    private static Stream<Metric> all(PodSandboxMetrics pod) {
        return Stream.concat(
                pod.getMetricsList().stream(),
                pod.getContainerMetricsList().stream().flatMap(c -> c.getMetricsList().stream()));
    }

    @Test
    void everyDescriptorHasItsSamplesAndTheSameLabels() {
        Map<String, MetricDescriptor> known =
                descriptors().stream()
                        .collect(Collectors.toMap(MetricDescriptor::getName, Function.identity()));
        Set<String> seen = new HashSet<>();
        Set<List<String>> series = new HashSet<>();
        all(podMetrics())
                .forEach(
                        metric -> {
                            assertThat(known).containsKey(metric.getName());
                            MetricDescriptor descriptor =
                                    known.getOrDefault(
                                            metric.getName(),
                                            MetricDescriptor.getDefaultInstance());
                            assertThat(metric.getLabelValuesList())
                                    .as(metric.getName())
                                    .hasSameSizeAs(descriptor.getLabelKeysList());
                            seen.add(metric.getName());
                            // One series twice would cost kubelet the whole scrape.
                            assertThat(
                                            series.add(
                                                    Stream.concat(
                                                                    Stream.of(metric.getName()),
                                                                    metric
                                                                            .getLabelValuesList()
                                                                            .stream())
                                                            .toList()))
                                    .as("%s %s", metric.getName(), metric.getLabelValuesList())
                                    .isTrue();
                        });
        assertThat(seen).isEqualTo(known.keySet()).hasSize(56);
        assertThat(known.values())
                .allMatch(d -> !d.getHelp().isEmpty() && d.getHelp().endsWith("."));
    }

    private static List<String> samples(PodSandboxMetrics pod, String name, String container) {
        return all(pod).filter(m -> m.getName().equals(name))
                .filter(m -> m.getLabelValues(5).equals(container))
                .map(
                        m ->
                                String.join(
                                                ",",
                                                m.getLabelValuesList()
                                                        .subList(6, m.getLabelValuesCount()))
                                        + "="
                                        + Long.toUnsignedString(m.getValue().getValue()))
                .toList();
    }

    @Test
    void valuesKeepTheirUnits() {
        PodSandboxMetrics pod = podMetrics();
        assertThat(samples(pod, "container_cpu_usage_seconds_total", "app"))
                .containsExactly("total=7");
        assertThat(samples(pod, "container_cpu_system_seconds_total", "app")).containsExactly("=2");
        assertThat(samples(pod, "container_memory_failures_total", "app"))
                .containsExactly(
                        "pgfault,container=11",
                        "pgmajfault,container=3",
                        "pgfault,hierarchy=11",
                        "pgmajfault,hierarchy=3");
        assertThat(samples(pod, "container_threads", "app")).containsExactly("=7");
        assertThat(samples(pod, "container_threads_max", "app")).containsExactly("=0");
        assertThat(samples(pod, "container_ulimits_soft", "app"))
                .containsExactly("max_open_files=18446744073709551615");
        assertThat(samples(pod, "container_fs_usage_bytes", "app"))
                .containsExactly("/dev/vda1=4096");
        assertThat(samples(pod, "container_blkio_device_usage_total", "app"))
                .containsExactly("0:250,0,250,Read=1", "0:250,0,250,Write=2");
        assertThat(samples(pod, "container_spec_memory_swap_limit_bytes", "app"))
                .containsExactly("=0");
        assertThat(samples(pod, "container_pressure_io_waiting_seconds_total", "app"))
                .containsExactly("=3");
        assertThat(samples(pod, "container_network_transmit_packets_total", "POD"))
                .containsExactly("eth0=6", "net1=6");
        assertThat(samples(pod, "container_memory_working_set_bytes", "")).containsExactly("=400");
        Metric threads =
                all(pod).filter(m -> m.getName().equals("container_threads"))
                        .filter(m -> m.getLabelValues(5).equals("app"))
                        .findFirst()
                        .orElseThrow();
        assertThat(threads.getLabelValuesList())
                .containsExactly("/kubepods/p1/c1", "c1", "nginx:1", "shop", "web", "app");
        assertThat(threads.getTimestamp()).isZero();
        // Counted at most every some seconds: kubelet is told when.
        assertThat(
                        all(pod).filter(m -> m.getName().equals("container_sockets"))
                                .map(Metric::getTimestamp))
                .containsExactly(1_700_000_000_000_000_005L);
    }

    @Test
    void metricsAreStreamedToo() {
        PodSandboxMetrics pod = podMetrics();
        assertThat(
                        door.runtime.streamPodSandboxMetrics(
                                StreamPodSandboxMetricsRequest.getDefaultInstance()))
                .toIterable()
                .singleElement()
                .satisfies(
                        part -> assertThat(part.getPodSandboxMetricsList()).containsExactly(pod));
    }
}
