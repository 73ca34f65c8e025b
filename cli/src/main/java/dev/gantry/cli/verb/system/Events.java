package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.template.Template;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Filters;
import dev.gantry.proto.v1.Event;
import dev.gantry.proto.v1.EventsRequest;
import dev.gantry.proto.v1.SystemGrpc;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code gantry events}. */
public final class Events extends Declaration.Declared {
    private static final long NANOS = 1_000_000_000L;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnnxxx", Locale.ROOT);

    /** The verb. */
    public Events() {
        super(
                new Declaration("system events", "Get real time events from the daemon")
                        .aliases("events")
                        .options(
                                Options.of(
                                        Filters.OPTION,
                                        Listing.FORMAT,
                                        Option.text(
                                                "since",
                                                "Show all events created since a time: 2026-01-31T12:00:00, 10m"),
                                        Option.text("until", "Stream events until this time"),
                                        dev.gantry.cli.Globals.SCOPE))
                        .example("What happens from now on", "gantry events")
                        .example(
                                "How containers ended in the last hour",
                                "gantry events --since 1h --until 0s -f event=die"));
    }

    @Override
    public int run(Call call) {
        Instant now = Instant.now();
        EventsRequest request =
                EventsRequest.newBuilder()
                        .setSince(time(call, "since", now))
                        .setUntil(time(call, "until", now))
                        .addAllFilters(Filters.of(call))
                        .build();
        String format = call.args().value("format");
        boolean json = format.equals("json") || format.equals("{{json .}}");
        Optional<Template> template =
                format.isEmpty() || json ? Optional.empty() : Optional.of(Listing.parse(format));
        Iterator<Event> events =
                SystemGrpc.newBlockingStub(call.daemon().channel()).events(request);
        while (events.hasNext()) {
            Event event = events.next();
            if (json) {
                call.out().line(Json.compact(fields(event)));
            } else {
                call.out()
                        .line(
                                template.isPresent()
                                        ? Listing.apply(template.get(), fields(event))
                                        : line(event));
            }
            call.out().flush();
        }
        return 0;
    }

    private static long time(Call call, String option, Instant now) {
        try {
            return call.args().text(option).map(text -> Times.parse(text, now)).orElse(0L);
        } catch (IllegalArgumentException e) {
            throw new CliFailure("--" + option + ": " + e.getMessage(), e);
        }
    }

    static String line(Event event) {
        String attributes =
                new TreeMap<>(event.getAttributesMap())
                        .entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .collect(Collectors.joining(", "));
        return "%s %s %s %s%s"
                .formatted(
                        TIME.format(Times.instant(event.getAt()).atZone(ZoneId.systemDefault())),
                        event.getType(),
                        event.getAction(),
                        event.getId(),
                        attributes.isEmpty() ? "" : " (" + attributes + ")");
    }

    private static Fields fields(Event event) {
        return new Fields()
                .with("status", event.getAction())
                .with("id", event.getId())
                .with("Type", event.getType())
                .with("Action", event.getAction())
                .with(
                        "Actor",
                        new Fields()
                                .with("ID", event.getId())
                                .with("Attributes", new TreeMap<>(event.getAttributesMap())))
                .with("ID", event.getId())
                .with("scope", event.getScope())
                .with("time", event.getAt() / NANOS)
                .with("timeNano", event.getAt());
    }
}
