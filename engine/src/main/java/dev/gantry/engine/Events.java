package dev.gantry.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes events on to whoever listens; a listener that fails harms nobody else. */
final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private final List<EventSink> sinks = new CopyOnWriteArrayList<>();

    void add(EventSink sink) {
        sinks.add(sink);
    }

    void tell(EventSink.Type type, Container container) {
        for (EventSink sink : sinks) {
            try {
                sink.happened(type, container);
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("container", container.id())
                        .addKeyValue("type", type)
                        .setCause(e)
                        .log("a listener of container events failed");
            }
        }
    }
}
