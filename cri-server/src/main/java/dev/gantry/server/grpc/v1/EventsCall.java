package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import dev.gantry.proto.v1.Event;
import dev.gantry.proto.v1.EventsRequest;
import dev.gantry.server.grpc.Scopes;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

/** What happens, for one who listens. */
final class EventsCall {
    private static final int QUEUE = 4096;
    private static final long LOOK_MILLIS = 500;

    private final EventSource source;

    EventsCall(EventSource source) {
        this.source = source;
    }

    void run(EventsRequest request, AnswerStream<Event> answer) throws InterruptedException {
        String scope = Scopes.current().toString();
        Predicate<Event> wanted = filter(request).and(event -> event.getScope().equals(scope));
        ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE);
        AtomicBoolean lost = new AtomicBoolean();
        Optional<Instant> since =
                request.getSince() == 0
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochSecond(0, request.getSince()));
        try (EventSource.Subscription _ =
                source.listen(
                        since,
                        event -> {
                            if (wanted.test(event) && !queue.offer(event)) {
                                lost.set(true);
                            }
                        })) {
            while (true) {
                boolean over = over(request);
                Event event = queue.poll(over ? 0 : LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (event != null && !after(request, event)) {
                    answer.send(event);
                } else if (event == null && over) {
                    return;
                }
                if (event == null && lost.get()) {
                    throw new Failure(
                            Failure.Code.RESOURCE_EXHAUSTED,
                            "events were not taken fast enough, and some are lost");
                }
            }
        }
    }

    private static boolean over(EventsRequest request) {
        return request.getUntil() != 0 && Nanos.of(Instant.now()) > request.getUntil();
    }

    private static boolean after(EventsRequest request, Event event) {
        return request.getUntil() != 0 && event.getAt() > request.getUntil();
    }

    private static Predicate<Event> filter(EventsRequest request) {
        Map<String, Function<String, Predicate<Event>>> known =
                Map.of(
                        "type", value -> event -> event.getType().equals(value),
                        "event", value -> event -> action(event).equals(value),
                        "container", value -> about("container", value),
                        "image", EventsCall::image,
                        "network", value -> about("network", value),
                        "volume", value -> about("volume", value),
                        "label", EventsCall::label);
        return Filters.all(request.getFiltersList(), known);
    }

    /** Some actions say more behind a colon, as {@code health_status: healthy}. */
    private static String action(Event event) {
        int colon = event.getAction().indexOf(':');
        return colon < 0 ? event.getAction() : event.getAction().substring(0, colon);
    }

    private static Predicate<Event> about(String type, String value) {
        return event ->
                event.getType().equals(type)
                        && (event.getId().startsWith(value)
                                || event.getAttributesMap().getOrDefault("name", "").equals(value));
    }

    private static Predicate<Event> image(String value) {
        return about("image", value)
                .or(event -> event.getAttributesMap().getOrDefault("image", "").equals(value));
    }

    private static Predicate<Event> label(String value) {
        Predicate<Map<String, String>> labels = Filters.label(value);
        return event -> labels.test(event.getAttributesMap());
    }
}
