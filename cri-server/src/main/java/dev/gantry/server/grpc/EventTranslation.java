package dev.gantry.server.grpc;

import dev.gantry.engine.Container;
import dev.gantry.engine.EventSink;
import dev.gantry.engine.ImageRoom;
import dev.gantry.proto.cri.v1.ContainerEventResponse;
import dev.gantry.proto.cri.v1.ContainerEventType;

/** Events, with the statuses that spare kubelet its questions. */
final class EventTranslation {
    private EventTranslation() {}

    static ContainerEventResponse response(EventSink.Event in, ImageRoom images) {
        ContainerEventResponse.Builder out =
                ContainerEventResponse.newBuilder()
                        .setContainerId(in.id())
                        .setContainerEventType(type(in.type()))
                        .setCreatedAt(Times.nanos(in.at()))
                        .setPodSandboxStatus(PodTranslation.status(in.pod()));
        for (Container container : in.containers()) {
            String image = ImageTranslation.name(container, images);
            out.addContainersStatuses(ContainerTranslation.status(container, image));
        }
        return out.build();
    }

    private static ContainerEventType type(EventSink.Type in) {
        return switch (in) {
            case CREATED -> ContainerEventType.CONTAINER_CREATED_EVENT;
            case STARTED -> ContainerEventType.CONTAINER_STARTED_EVENT;
            case STOPPED -> ContainerEventType.CONTAINER_STOPPED_EVENT;
            case DELETED -> ContainerEventType.CONTAINER_DELETED_EVENT;
        };
    }
}
