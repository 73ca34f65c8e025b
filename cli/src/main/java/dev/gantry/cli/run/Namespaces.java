package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.v1.CreateRequest;

/** {@code --pid}, {@code --ipc}, {@code --uts}, {@code --userns} and {@code --cgroupns}. */
final class Namespaces {
    private static final String CONTAINER = "container:";

    private Namespaces() {}

    /** Sets what is not a mode, and returns the modes. */
    static NamespaceOption set(Arguments given, CreateRequest.Builder request) {
        NamespaceOption.Builder modes =
                NamespaceOption.newBuilder()
                        .setNetwork(
                                request.getNetwork().getName().equals("host")
                                        ? NamespaceMode.NODE
                                        : NamespaceMode.POD)
                        .setPid(NamespaceMode.CONTAINER)
                        .setIpc(NamespaceMode.POD);
        String pid = given.value("pid");
        switch (pid) {
            case "", "private" -> {}
            case "host" -> modes.setPid(NamespaceMode.NODE);
            default -> request.setPidContainer(container("--pid", pid, "host and container:NAME"));
        }
        String ipc = given.value("ipc");
        switch (ipc) {
            case "", "private", "shareable" -> {}
            case "host" -> modes.setIpc(NamespaceMode.NODE);
            case "none" ->
                    throw Wrong.value(
                            "--ipc",
                            ipc,
                            "a container always has a /dev/shm here; leave --ipc out");
            default ->
                    request.setIpcContainer(
                            container("--ipc", ipc, "private, shareable, host and container:NAME"));
        }
        String uts = given.value("uts");
        if (!uts.isEmpty() && !uts.equals("private")) {
            only("--uts", uts, "host", "host shares the node's");
            if (given.given("hostname")) {
                throw new UsageError(
                        "conflicting options: hostname and the UTS mode: --uts host has the node's name");
            }
            request.setHostUts(true);
        }
        only(
                "--userns",
                given.value("userns"),
                "host",
                "containers have the node's user namespace, which is what host says");
        only(
                "--cgroupns",
                given.value("cgroupns"),
                "private",
                "a container always has a cgroup namespace of its own");
        return modes.build();
    }

    private static String container(String option, String text, String right) {
        if (!text.startsWith(CONTAINER) || text.length() == CONTAINER.length()) {
            throw Wrong.value(option, text, "there are " + right);
        }
        return text.substring(CONTAINER.length());
    }

    private static void only(String option, String text, String right, String why) {
        if (!text.isEmpty() && !text.equals(right)) {
            throw Wrong.value(option, text, "only \"" + right + "\" can be given: " + why);
        }
    }
}
