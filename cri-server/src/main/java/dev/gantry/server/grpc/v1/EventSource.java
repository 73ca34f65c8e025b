package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.engine.EventSink;
import dev.gantry.local.LocalEvent;
import dev.gantry.local.LocalEvents;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.Event;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Where events of {@code gantry.v1} come from. */
@FunctionalInterface
public interface EventSource {
    /** One who listens. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Calls the listener, which must not block, for each event of all scopes from now on, and first
     * for those that are remembered since a time.
     */
    Subscription listen(Optional<Instant> since, Consumer<Event> listener);

    /** Of people's containers what is told of them; of kubelet's what the engine knows. */
    static EventSource of(Engine engine, LocalEvents people) {
        engine.onEvent(
                event ->
                        event.container()
                                .filter(container -> container.scope() == Scope.CRI)
                                .map(container -> event(event, container))
                                .ifPresent(people::publish));
        return (since, listener) ->
                people.listen(since, event -> listener.accept(event(event)))::close;
    }

    private static Event event(LocalEvent event) {
        return Event.newBuilder()
                .setAt(Nanos.of(event.at()))
                .setType(event.type())
                .setAction(event.action())
                .setId(event.id())
                .setScope(event.scope().toString())
                .putAllAttributes(event.attributes())
                .build();
    }

    private static LocalEvent event(EventSink.Event event, Container container) {
        Map<String, String> attributes = new HashMap<>(container.config().labels());
        attributes.put("image", container.config().image());
        attributes.put("name", container.config().name());
        if (container.state() instanceof ContainerState.Exited exited) {
            attributes.put("exitCode", Integer.toString(exited.exitCode()));
        }
        String action =
                switch (event.type()) {
                    case CREATED -> "create";
                    case STARTED -> "start";
                    case STOPPED -> "die";
                    case DELETED -> "destroy";
                };
        return new LocalEvent(
                event.at(), "container", action, container.id(), attributes, container.scope());
    }
}
