package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.proto.cri.v1.LinuxRuntimeConfiguration;
import dev.gantry.proto.cri.v1.RuntimeConfigRequest;
import dev.gantry.proto.cri.v1.RuntimeConfigResponse;
import dev.gantry.proto.cri.v1.StatusRequest;
import dev.gantry.proto.cri.v1.StatusResponse;
import dev.gantry.proto.cri.v1.UpdateRuntimeConfigRequest;
import dev.gantry.proto.cri.v1.UpdateRuntimeConfigResponse;
import dev.gantry.proto.cri.v1.VersionRequest;
import dev.gantry.proto.cri.v1.VersionResponse;

/** What the runtime is and how it is: Version, Status, and its configuration. */
final class StatusCalls {
    private final Engine engine;
    private final RuntimeInfo info;

    StatusCalls(Engine engine, RuntimeInfo info) {
        this.engine = engine;
        this.info = info;
    }

    VersionResponse version(VersionRequest q) {
        return VersionResponse.newBuilder()
                .setVersion("0.1.0")
                .setRuntimeName(info.name())
                .setRuntimeVersion(info.version())
                .setRuntimeApiVersion("v1")
                .build();
    }

    StatusResponse status(StatusRequest q) {
        StatusResponse.Builder status =
                StatusTranslation.status(engine.status(), engine.handlers(), engine::features);
        if (q.getVerbose()) {
            status.putInfo("config", info.settings().get());
            engine.networkDetails()
                    .ifPresent(network -> status.putInfo("cni", Verbose.of(network)));
        }
        return status.build();
    }

    RuntimeConfigResponse runtimeConfig(RuntimeConfigRequest q) {
        return RuntimeConfigResponse.newBuilder()
                .setLinux(
                        LinuxRuntimeConfiguration.newBuilder().setCgroupDriver(info.cgroupDriver()))
                .build();
    }

    /** The pod CIDR matters to runtimes that write a CNI list of their own; we write none. */
    UpdateRuntimeConfigResponse updateRuntimeConfig(UpdateRuntimeConfigRequest q) {
        return UpdateRuntimeConfigResponse.getDefaultInstance();
    }
}
