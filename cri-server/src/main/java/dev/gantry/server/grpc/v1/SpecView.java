package dev.gantry.server.grpc.v1;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.gantry.local.LocalContainer;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.MoreLimits;
import dev.gantry.proto.v1.RestartPolicy;
import dev.gantry.server.grpc.ResourcesTranslation;
import java.util.Base64;

/** How a container was asked for, with what updates have changed since. */
final class SpecView {
    private SpecView() {}

    /** Empty for kubelet's. */
    static CreateRequest of(LocalContainer in) {
        if (in.settings().request().isEmpty()) {
            return CreateRequest.getDefaultInstance();
        }
        CreateRequest.Builder out = asked(in).toBuilder();
        Resources now = in.container().resources();
        out.getContainerBuilder()
                .getLinuxBuilder()
                .setResources(ResourcesTranslation.resources(now).getLinux());
        return out.setLimits(
                        MoreLimits.newBuilder()
                                .setPids(now.pidsLimit())
                                .setMemoryReservation(now.memoryReservation()))
                .setRestartPolicy(policy(in.settings().restart()))
                .build();
    }

    private static CreateRequest asked(LocalContainer in) {
        try {
            return CreateRequest.parseFrom(Base64.getDecoder().decode(in.settings().request()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw Failure.of("read how container " + in.name() + " was asked for", e);
        }
    }

    private static RestartPolicy policy(dev.gantry.local.RestartPolicy in) {
        return RestartPolicy.newBuilder()
                .setCondition(
                        switch (in.condition()) {
                            case NO -> RestartPolicy.Condition.NO;
                            case ON_FAILURE -> RestartPolicy.Condition.ON_FAILURE;
                            case ALWAYS -> RestartPolicy.Condition.ALWAYS;
                            case UNLESS_STOPPED -> RestartPolicy.Condition.UNLESS_STOPPED;
                        })
                .setMaximumRetries(in.maximumRetries())
                .build();
    }
}
