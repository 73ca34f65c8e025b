package dev.gantry.cli.verb;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.proto.v1.Filter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The option {@code --filter key=value}, which may be given several times. */
public final class Filters {
    /** The option with its short form. */
    public static final Option OPTION =
            Option.list("filter", 'f', "Filter output by conditions such as name=web").as("filter");

    private Filters() {}

    /** What was given, values of the same key together. */
    public static List<Filter> of(Call call) {
        Map<String, List<String>> byKey = new LinkedHashMap<>();
        for (String given : call.args().list(OPTION.name())) {
            int equals = given.indexOf('=');
            if (equals <= 0) {
                throw new CliFailure(
                        125,
                        "invalid argument \"%s\" for \"-f, --filter\" flag: write name=value"
                                .formatted(given));
            }
            byKey.computeIfAbsent(given.substring(0, equals), _ -> new ArrayList<>())
                    .add(given.substring(equals + 1));
        }
        return byKey.entrySet().stream()
                .map(e -> Filter.newBuilder().setKey(e.getKey()).addAllValues(e.getValue()).build())
                .toList();
    }
}
