package dev.gantry.server.grpc;

import static dev.gantry.proto.cri.v1.MetricType.COUNTER;
import static dev.gantry.proto.cri.v1.MetricType.GAUGE;

import dev.gantry.proto.cri.v1.MetricDescriptor;
import dev.gantry.proto.cri.v1.MetricType;
import java.util.Arrays;
import java.util.List;

/**
 * The metrics in place of cAdvisor's (KEP-2371), by their names there. Values are whole numbers, as
 * CRI has it: seconds are cut off. kubelet serves them at {@code /metrics/cadvisor} as they are.
 */
enum PodMetric {
    LAST_SEEN(GAUGE, "container_last_seen", "When this was read, in seconds of the epoch."),
    START_TIME(
            GAUGE,
            "container_start_time_seconds",
            "When the container or the pod started, in seconds of the epoch."),

    CPU_USAGE(
            COUNTER,
            "container_cpu_usage_seconds_total",
            "Processor time used on all processors, in whole seconds.",
            "cpu"),
    CPU_USER(
            COUNTER,
            "container_cpu_user_seconds_total",
            "Processor time used in programs, in whole seconds."),
    CPU_SYSTEM(
            COUNTER,
            "container_cpu_system_seconds_total",
            "Processor time used in the kernel, in whole seconds."),
    CFS_PERIODS(
            COUNTER,
            "container_cpu_cfs_periods_total",
            "Periods in which a processor quota was in force."),
    CFS_THROTTLED_PERIODS(
            COUNTER,
            "container_cpu_cfs_throttled_periods_total",
            "Periods in which the processor quota was used up."),
    CFS_THROTTLED_TIME(
            COUNTER,
            "container_cpu_cfs_throttled_seconds_total",
            "Time held back by the processor quota, in whole seconds."),

    MEMORY_USAGE(
            GAUGE,
            "container_memory_usage_bytes",
            "Memory charged, page cache and kernel memory included."),
    MEMORY_WORKING_SET(
            GAUGE,
            "container_memory_working_set_bytes",
            "Memory charged less inactive file pages; evictions go by it."),
    MEMORY_RSS(GAUGE, "container_memory_rss", "Anonymous memory in bytes."),
    MEMORY_CACHE(GAUGE, "container_memory_cache", "Page cache in bytes, shared memory included."),
    MEMORY_MAPPED_FILE(
            GAUGE, "container_memory_mapped_file", "Page cache that is mapped, in bytes."),
    MEMORY_KERNEL(GAUGE, "container_memory_kernel_usage", "Kernel memory charged, in bytes."),
    MEMORY_MAX_USAGE(
            GAUGE, "container_memory_max_usage_bytes", "The most memory ever charged at once."),
    MEMORY_SWAP(GAUGE, "container_memory_swap", "Swap used, in bytes."),
    MEMORY_LIMIT_HITS(
            COUNTER, "container_memory_failcnt", "How often memory usage reached its limit."),
    MEMORY_FAULTS(
            COUNTER,
            "container_memory_failures_total",
            "Page faults; of type pgmajfault those that waited for a disk.",
            "failure_type",
            "scope"),
    OOM_EVENTS(
            COUNTER,
            "container_oom_events_total",
            "Processes that the kernel killed for want of memory."),

    NETWORK_RECEIVED_BYTES(
            COUNTER, "container_network_receive_bytes_total", "Bytes received.", "interface"),
    NETWORK_RECEIVED_PACKETS(
            COUNTER, "container_network_receive_packets_total", "Packets received.", "interface"),
    NETWORK_RECEIVED_DROPPED(
            COUNTER,
            "container_network_receive_packets_dropped_total",
            "Packets dropped when received.",
            "interface"),
    NETWORK_RECEIVED_ERRORS(
            COUNTER,
            "container_network_receive_errors_total",
            "Errors when receiving.",
            "interface"),
    NETWORK_SENT_BYTES(
            COUNTER, "container_network_transmit_bytes_total", "Bytes sent.", "interface"),
    NETWORK_SENT_PACKETS(
            COUNTER, "container_network_transmit_packets_total", "Packets sent.", "interface"),
    NETWORK_SENT_DROPPED(
            COUNTER,
            "container_network_transmit_packets_dropped_total",
            "Packets dropped when sent.",
            "interface"),
    NETWORK_SENT_ERRORS(
            COUNTER,
            "container_network_transmit_errors_total",
            "Errors when sending.",
            "interface"),

    FS_USAGE(
            GAUGE,
            "container_fs_usage_bytes",
            "Bytes of the container's writable layer.",
            "device"),
    FS_LIMIT(
            GAUGE,
            "container_fs_limit_bytes",
            "Size of the file system that the writable layer lies on, in bytes.",
            "device"),
    FS_INODES_TOTAL(
            GAUGE,
            "container_fs_inodes_total",
            "Inodes of the file system that the writable layer lies on.",
            "device"),
    FS_INODES_FREE(
            GAUGE,
            "container_fs_inodes_free",
            "Free inodes of the file system that the writable layer lies on.",
            "device"),
    FS_READ_BYTES(
            COUNTER, "container_fs_reads_bytes_total", "Bytes read from a block device.", "device"),
    FS_READS(COUNTER, "container_fs_reads_total", "Reads from a block device.", "device"),
    FS_WRITTEN_BYTES(
            COUNTER,
            "container_fs_writes_bytes_total",
            "Bytes written to a block device.",
            "device"),
    FS_WRITES(COUNTER, "container_fs_writes_total", "Writes to a block device.", "device"),
    BLKIO_USAGE(
            COUNTER,
            "container_blkio_device_usage_total",
            "Bytes read from or written to a block device.",
            "device",
            "major",
            "minor",
            "operation"),

    HUGETLB_USAGE(
            GAUGE, "container_hugetlb_usage_bytes", "Huge pages in use, in bytes.", "pagesize"),
    HUGETLB_MAX_USAGE(
            GAUGE,
            "container_hugetlb_max_usage_bytes",
            "The most huge pages ever in use at once, in bytes.",
            "pagesize"),

    PROCESSES(GAUGE, "container_processes", "Processes in the container."),
    THREADS(GAUGE, "container_threads", "Threads in the container."),
    THREADS_MAX(
            GAUGE, "container_threads_max", "Threads that the container may have; 0: no limit."),
    FILE_DESCRIPTORS(GAUGE, "container_file_descriptors", "Open file descriptors."),
    SOCKETS(GAUGE, "container_sockets", "Open file descriptors that are sockets."),
    ULIMITS(
            GAUGE,
            "container_ulimits_soft",
            "Soft resource limits of the container's first process; no limit is 2^64 - 1.",
            "ulimit"),

    SPEC_CPU_PERIOD(
            GAUGE, "container_spec_cpu_period", "Period of the processor quota, in microseconds."),
    SPEC_CPU_QUOTA(
            GAUGE,
            "container_spec_cpu_quota",
            "Processor quota in a period, in microseconds; none without a quota."),
    SPEC_CPU_SHARES(GAUGE, "container_spec_cpu_shares", "Share of the processors."),
    SPEC_MEMORY_LIMIT(
            GAUGE, "container_spec_memory_limit_bytes", "Memory limit in bytes; 0: no limit."),
    SPEC_MEMORY_RESERVATION(
            GAUGE,
            "container_spec_memory_reservation_limit_bytes",
            "Memory that is kept from being reclaimed, in bytes; 0: none."),
    SPEC_MEMORY_SWAP_LIMIT(
            GAUGE,
            "container_spec_memory_swap_limit_bytes",
            "Limit of memory and swap together, in bytes; 0: no limit."),

    PRESSURE_CPU_WAITING(
            COUNTER,
            "container_pressure_cpu_waiting_seconds_total",
            "Time some tasks waited for a processor, in whole seconds."),
    PRESSURE_CPU_STALLED(
            COUNTER,
            "container_pressure_cpu_stalled_seconds_total",
            "Time all tasks waited for a processor, in whole seconds."),
    PRESSURE_MEMORY_WAITING(
            COUNTER,
            "container_pressure_memory_waiting_seconds_total",
            "Time some tasks waited for memory, in whole seconds."),
    PRESSURE_MEMORY_STALLED(
            COUNTER,
            "container_pressure_memory_stalled_seconds_total",
            "Time all tasks waited for memory, in whole seconds."),
    PRESSURE_IO_WAITING(
            COUNTER,
            "container_pressure_io_waiting_seconds_total",
            "Time some tasks waited for a disk, in whole seconds."),
    PRESSURE_IO_STALLED(
            COUNTER,
            "container_pressure_io_stalled_seconds_total",
            "Time all tasks waited for a disk, in whole seconds.");

    /** The labels of every metric, in the order of their values; more of a metric's own follow. */
    static final List<String> LABELS =
            List.of("id", "name", "image", "namespace", "pod", "container");

    private static final List<MetricDescriptor> DESCRIPTORS =
            Arrays.stream(values()).map(PodMetric::descriptor).toList();

    private final MetricType type;
    private final String title;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // of List.of
    private final List<String> labels;

    PodMetric(MetricType type, String title, String help, String... labels) {
        this.type = type;
        this.title = title;
        this.help = help;
        this.labels = List.of(labels);
    }

    MetricType type() {
        return type;
    }

    /** Its name, as {@code container_threads}. */
    String title() {
        return title;
    }

    /** The labels that follow {@link #LABELS}. */
    List<String> labels() {
        return labels;
    }

    static List<MetricDescriptor> descriptors() {
        return DESCRIPTORS;
    }

    private MetricDescriptor descriptor() {
        return MetricDescriptor.newBuilder()
                .setName(title)
                .setHelp(help)
                .addAllLabelKeys(LABELS)
                .addAllLabelKeys(labels)
                .build();
    }
}
