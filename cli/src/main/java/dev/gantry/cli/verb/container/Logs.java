package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.LogsResponse;
import dev.gantry.proto.v1.Stream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;

/** {@code gantry logs}. */
public final class Logs extends ContainerVerb {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'")
                    .withZone(ZoneOffset.UTC);

    /** The verb. */
    public Logs() {
        super(
                "logs",
                "Fetch the logs of a container",
                "[OPTIONS] CONTAINER",
                new Example("The last ten lines, and what comes", "gantry logs -f -n 10 web"),
                new Example(
                        "What was written in the last five minutes", "gantry logs --since 5m web"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("follow", 'f', "Follow log output"),
                Option.text(
                        "since",
                        "Show logs since a time (2026-01-02T13:23:37Z) or a duration ago (42m)"),
                Option.text("until", "Show logs before a time or a duration ago"),
                Option.text("tail", 'n', "Number of lines to show from the end of the logs")
                        .orElse("all"),
                Option.flag("timestamps", 't', "Show timestamps"),
                Option.flag("details", "Show extra details").unseen());
    }

    @Override
    public int run(Call call) {
        Instant now = Instant.now();
        LogsRequest.Builder request =
                LogsRequest.newBuilder()
                        .setContainer(call.args().word(0))
                        .setFollow(call.args().flag("follow"));
        call.args()
                .text("since")
                .ifPresent(text -> request.setSince(Moments.nanos("--since", text, now)));
        call.args()
                .text("until")
                .ifPresent(text -> request.setUntil(Moments.nanos("--until", text, now)));
        String tail = call.args().value("tail");
        if (!tail.equals("all") && !tail.startsWith("-")) {
            request.setTail(number(tail));
        }
        boolean stamped = call.args().flag("timestamps");
        Map<Stream, Boolean> within = new EnumMap<>(Stream.class);
        Iterator<LogsResponse> lines = containers(call).logs(request.build());
        while (lines.hasNext()) {
            LogsResponse line = lines.next();
            boolean goesOn = Boolean.TRUE.equals(within.put(line.getStream(), line.getPartial()));
            PrintStream to =
                    line.getStream() == Stream.STDERR
                            ? call.out().errorStream()
                            : call.out().stream();
            write(line, stamped && !goesOn, to);
            if (request.getFollow()) {
                to.flush();
            }
            if (to.checkError()) {
                return 1;
            }
        }
        return 0;
    }

    private static void write(LogsResponse line, boolean stamp, PrintStream to) {
        try {
            if (stamp) {
                Instant at = Instant.ofEpochSecond(0, line.getAt());
                to.write((TIME.format(at) + " ").getBytes(StandardCharsets.US_ASCII));
            }
            line.getData().writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(String tail) {
        try {
            return Long.parseLong(tail);
        } catch (NumberFormatException e) {
            throw new CliFailure(
                    "invalid value for \"--tail\": \"" + tail + "\": write a number, or all");
        }
    }
}
