package dev.gantry.cli.run;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;

/** Docker's options of create, which run has, too. */
public final class RunOptions {
    private RunOptions() {}

    /** Those of create. */
    public static Options create() {
        return process()
                .and(files())
                .and(network())
                .and(limits())
                .and(security())
                .and(life())
                .and(Refused.options());
    }

    /** Those that run has beside create's. */
    public static Options run() {
        return create().and(
                        Option.flag(
                                "detach",
                                'd',
                                "Run in the background and print the container's id"),
                        detachKeys(),
                        Option.flag("sig-proxy", "Pass signals on to the process").orElse("true"));
    }

    /** The keys that let go of a container. */
    public static Option detachKeys() {
        return Option.text(
                "detach-keys", "Key sequence that lets go of the container, such as ctrl-p,ctrl-q");
    }

    private static Options process() {
        return Options.of(
                Option.list("attach", 'a', "Attach to stdin, stdout or stderr")
                        .oneOf("stdin", "stdout", "stderr"),
                Option.list("env", 'e', "Set an environment variable"),
                Option.list("env-file", "Read environment variables from a file")
                        .completing(Completes.FILES),
                Option.text("entrypoint", "Replace the image's entrypoint"),
                Option.text("hostname", 'h', "Host name in the container"),
                Option.flag("init", "Run an init that passes signals on and reaps processes"),
                Option.flag("interactive", 'i', "Keep stdin open even if it is not attached"),
                Option.flag("tty", 't', "Give the process a terminal"),
                Option.text("user", 'u', "User, and group after a colon, by name or number"),
                Option.text("workdir", 'w', "Working directory in the container"),
                Option.list("group-add", "Join a further group"),
                Option.text("stop-signal", "Signal that stops the container"),
                Option.number("stop-timeout", 10, "Seconds before a stop kills").orElse(""),
                Option.list("label", 'l', "Set a label"),
                Option.list("label-file", "Read labels from a file").completing(Completes.FILES),
                Option.list("annotation", "Set an annotation, which OCI runtimes and hooks see"));
    }

    private static Options files() {
        return Options.of(
                Option.list(
                        "volume",
                        'v',
                        "Mount a volume or a path of the host: [SOURCE:]TARGET[:OPTIONS]"),
                Option.list(
                        "mount",
                        "Mount something: type=bind|volume|tmpfs|image,source=...,target=..."),
                Option.list("tmpfs", "Mount a tmpfs: TARGET[:OPTIONS]"),
                Option.list("volumes-from", "Mount what another container has mounted")
                        .completing(Completes.CONTAINERS),
                Option.flag("read-only", "Make the root file system read-only"),
                Option.text("shm-size", "Size of /dev/shm").as("bytes"),
                Option.list(
                        "device", "Give a device of the host: /dev/HOST[:/dev/CONTAINER][:rwm]"),
                Option.list("device-cgroup-rule", "Allow devices: \"c 42:* rmw\""),
                Option.text("cidfile", "Write the container's id to a file")
                        .completing(Completes.FILES));
    }

    private static Options network() {
        return Options.of(
                        Option.list(
                                "publish", 'p', "Publish a port: [[HOST-IP:]HOST-PORT:]PORT[/udp]"),
                        Option.flag(
                                "publish-all",
                                'P',
                                "Publish all exposed ports on host ports that are free"),
                        Option.list("expose", "Expose a port or a range"),
                        Option.list(
                                        "network",
                                        "Network to join: a name, bridge, host, none or container:NAME")
                                .completing(Completes.NETWORKS),
                        Option.list("network-alias", "Further name in the network"),
                        Option.text("ip", "IPv4 address in the network"),
                        Option.text("ip6", "IPv6 address in the network"),
                        Option.text("mac-address", "MAC address in the network"),
                        Option.list(
                                "add-host",
                                "Line of /etc/hosts: NAME:IP; host-gateway is the host's address"),
                        Option.list("dns", "DNS server"),
                        Option.list("dns-search", "DNS search domain"),
                        Option.list("dns-option", "DNS option"))
                .alias("net", "network")
                .alias("net-alias", "network-alias")
                .alias("dns-opt", "dns-option");
    }

    private static Options limits() {
        return limitsOfUpdate()
                .and(
                        Option.list("ulimit", "Limit of processes: NAME=SOFT[:HARD]"),
                        Option.flag("oom-kill-disable", "Do not kill when memory runs out"),
                        Option.number(
                                "oom-score-adj",
                                0,
                                "How readily the kernel kills it when memory runs out"),
                        Option.text("cgroup-parent", "Control group above the container's"));
    }

    /** Those that update has, too. */
    public static Options limitsOfUpdate() {
        return Options.of(
                Option.text("memory", 'm', "Memory limit").as("bytes"),
                Option.text("memory-swap", "Limit of memory and swap together; -1 for no limit")
                        .as("bytes"),
                Option.text("memory-reservation", "Memory that is left to it when memory is scarce")
                        .as("bytes"),
                Option.text("cpus", "Number of CPUs").as("decimal"),
                Option.number("cpu-shares", 'c', 0, "CPU shares, relative to other containers"),
                Option.number("cpu-period", 0, "Period of the CPU limit, in microseconds"),
                Option.number("cpu-quota", 0, "CPU time in each period, in microseconds"),
                Option.text("cpuset-cpus", "CPUs to stay on: 0-2,7"),
                Option.text("cpuset-mems", "Memory nodes to stay on: 0,1"),
                Option.number("pids-limit", 0, "How many processes; -1 for no limit"),
                Option.text("restart", "When it is started again")
                        .oneOf("no", "always", "on-failure", "unless-stopped"));
    }

    private static Options security() {
        return Options.of(
                Option.flag("privileged", "Give all privileges of the host's root"),
                Option.list("cap-add", "Add a capability"),
                Option.list("cap-drop", "Drop a capability"),
                Option.list("security-opt", "Security options"),
                Option.list("sysctl", "Set a kernel parameter of the container's namespaces"),
                Option.text("pid", "Process namespace: host or container:NAME"),
                Option.text("ipc", "IPC namespace: private, shareable, host or container:NAME"),
                Option.text("uts", "UTS namespace: host"),
                Option.text("userns", "User namespace: host"),
                Option.text("cgroupns", "Control group namespace: private").oneOf("private"));
    }

    private static Options life() {
        return Options.of(
                Option.text("name", "Name of the container"),
                Option.flag("rm", "Remove the container, and its anonymous volumes, when it ends"),
                Option.text("pull", "Pull the image first: always, missing or never")
                        .orElse("missing")
                        .oneOf("always", "missing", "never"),
                Option.flag("quiet", 'q', "Do not show how the pull comes along"),
                Option.text("platform", "Platform of the image: linux/arm64"),
                Option.text("runtime", "Runtime handler of the daemon's configuration"),
                Option.text(
                        "log-driver", "What keeps the output: json-file, local, k8s-file or none"),
                Option.list("log-opt", "Option of the log: max-size=10m, max-file=3"),
                Option.text("health-cmd", "Command that tells whether it is healthy"),
                Option.text("health-interval", "Time between health checks").as("duration"),
                Option.text("health-timeout", "Longest time of one health check").as("duration"),
                Option.text(
                                "health-start-period",
                                "Time in which failing health checks do not count")
                        .as("duration"),
                Option.text(
                                "health-start-interval",
                                "Time between health checks in the start period")
                        .as("duration"),
                Option.number("health-retries", 0, "How many failures in a row make it unhealthy"),
                Option.flag("no-healthcheck", "Run no health check, not even the image's"),
                Option.flag("disable-content-trust", "Does nothing").orElse("true").unseen());
    }
}
