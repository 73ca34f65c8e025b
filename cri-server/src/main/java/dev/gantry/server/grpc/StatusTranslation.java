package dev.gantry.server.grpc;

import dev.gantry.engine.EngineStatus;
import dev.gantry.proto.cri.v1.RuntimeCondition;
import dev.gantry.proto.cri.v1.RuntimeFeatures;
import dev.gantry.proto.cri.v1.RuntimeHandler;
import dev.gantry.proto.cri.v1.RuntimeHandlerFeatures;
import dev.gantry.proto.cri.v1.RuntimeStatus;
import dev.gantry.proto.cri.v1.StatusResponse;
import dev.gantry.runtime.HandlerFeatures;
import java.util.List;
import java.util.function.Function;

/** The runtime's own status: its conditions and what its handlers can do. */
final class StatusTranslation {
    private StatusTranslation() {}

    static StatusResponse.Builder status(
            EngineStatus in, List<String> handlers, Function<String, HandlerFeatures> features) {
        StatusResponse.Builder out =
                StatusResponse.newBuilder()
                        .setStatus(
                                RuntimeStatus.newBuilder()
                                        .addConditions(condition("RuntimeReady", in.runtime()))
                                        .addConditions(condition("NetworkReady", in.network())))
                        .setFeatures(
                                RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true));
        for (String name : handlers) {
            out.addRuntimeHandlers(
                    RuntimeHandler.newBuilder()
                            .setName(name)
                            .setFeatures(features(features.apply(name))));
        }
        return out;
    }

    private static RuntimeHandlerFeatures features(HandlerFeatures in) {
        return RuntimeHandlerFeatures.newBuilder()
                .setUserNamespaces(in.userNamespaces())
                .setRecursiveReadOnlyMounts(in.recursiveReadOnlyMounts())
                .build();
    }

    private static RuntimeCondition condition(String type, EngineStatus.Condition in) {
        return RuntimeCondition.newBuilder()
                .setType(type)
                .setStatus(in.ready())
                .setReason(in.reason())
                .setMessage(in.message())
                .build();
    }
}
