package dev.gantry.cli.verb.system;

import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.InfoRequest;
import dev.gantry.proto.v1.InfoResponse;
import dev.gantry.proto.v1.SystemGrpc;

/** {@code gantry info}. */
public final class Info extends Declaration.Declared {
    /** The verb. */
    public Info() {
        super(
                new Declaration(
                                "system info",
                                "Display what the daemon knows about itself and its node")
                        .aliases("info")
                        .options(Options.of(Version.FORMAT))
                        .example("Everything", "gantry info")
                        .example("How cgroups are driven", "gantry info -f '{{.CgroupDriver}}'"));
    }

    @Override
    public int run(Call call) {
        InfoResponse info =
                SystemGrpc.newBlockingStub(call.daemon().channel())
                        .info(InfoRequest.getDefaultInstance());
        String format = call.args().value("format");
        if (format.isEmpty()) {
            print(info, call.out());
        } else {
            call.out().line(Version.formatted(format, fields(info)));
        }
        info.getWarningsList().forEach(warning -> call.out().error("WARNING: " + warning));
        return 0;
    }

    private static Fields fields(InfoResponse info) {
        return new Fields()
                .with("Containers", info.getContainers())
                .with("ContainersRunning", info.getContainersRunning())
                .with("ContainersPaused", info.getContainersPaused())
                .with("ContainersStopped", info.getContainersStopped())
                .with("Images", info.getImages())
                .with("KubeletPods", info.getKubeletPods())
                .with("KubeletContainers", info.getKubeletContainers())
                .with("Driver", info.getStorage())
                .with("CgroupDriver", info.getCgroupDriver())
                .with("CgroupVersion", info.getCgroupVersion())
                .with("Runtimes", info.getRuntimesList())
                .with("DefaultRuntime", info.getDefaultRuntime())
                .with("SecurityOptions", info.getSecurityOptionsList())
                .with("KernelVersion", info.getVersion().getKernel())
                .with("OperatingSystem", info.getOperatingSystem())
                .with("OSType", info.getVersion().getOs())
                .with("Architecture", info.getVersion().getArchitecture())
                .with("NCPU", info.getCpus())
                .with("MemTotal", info.getMemoryBytes())
                .with("Name", info.getName())
                .with("GantryRootDir", info.getRootDirectory())
                .with("ServerVersion", info.getVersion().getVersion())
                .with("Warnings", info.getWarningsList());
    }

    private static void print(InfoResponse info, Out out) {
        out.line("Containers: " + info.getContainers());
        out.line(" Running: " + info.getContainersRunning());
        out.line(" Paused: " + info.getContainersPaused());
        out.line(" Stopped: " + info.getContainersStopped());
        out.line("Kubelet's pods: " + info.getKubeletPods());
        out.line("Kubelet's containers: " + info.getKubeletContainers());
        out.line("Images: " + info.getImages());
        out.line("Server Version: " + info.getVersion().getVersion());
        out.line("Storage Driver: " + info.getStorage());
        out.line("Cgroup Driver: " + info.getCgroupDriver());
        out.line("Cgroup Version: " + info.getCgroupVersion());
        out.line("Runtimes: " + String.join(" ", info.getRuntimesList()));
        out.line("Default Runtime: " + info.getDefaultRuntime());
        out.line("Security Options: " + String.join(" ", info.getSecurityOptionsList()));
        out.line("Kernel Version: " + info.getVersion().getKernel());
        out.line("Operating System: " + info.getOperatingSystem());
        out.line("OSType: " + info.getVersion().getOs());
        out.line("Architecture: " + info.getVersion().getArchitecture());
        out.line("CPUs: " + info.getCpus());
        out.line("Total Memory: " + Sizes.binary(info.getMemoryBytes()));
        out.line("Name: " + info.getName());
        out.line("Gantry Root Dir: " + info.getRootDirectory());
    }
}
