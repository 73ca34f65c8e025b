package dev.gantry.cli.verb;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.format.Sizes;
import dev.gantry.proto.v1.Filter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the verbs that remove what is not used have in common. */
public final class Pruning {
    /** Their options. */
    public static final Options OPTIONS =
            Options.of(
                    Option.flag("force", 'f', "Do not prompt for confirmation"),
                    Option.list("filter", "Only what a condition holds for: until=24h, label=KEY"));

    private Pruning() {}

    /** Asks, unless it was forced. */
    public static boolean agreed(Call call, String warning) {
        if (call.args().flag("force")) {
            return true;
        }
        call.out().print("WARNING! " + warning + "\nAre you sure you want to continue? [y/N] ");
        call.out().flush();
        try {
            String answer =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                            .readLine();
            return answer != null
                    && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            return false;
        }
    }

    /** The conditions that were given, those of one key together. */
    public static List<Filter> filters(Call call) {
        Map<String, Filter.Builder> filters = new LinkedHashMap<>();
        for (String text : call.args().list("filter")) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new UsageError(
                        "invalid argument \"" + text + "\" for \"--filter\" flag: write KEY=VALUE");
            }
            String key =
                    text.charAt(equals - 1) == '!'
                            ? text.substring(0, equals - 1) + "!"
                            : text.substring(0, equals);
            filters.computeIfAbsent(key, _ -> Filter.newBuilder().setKey(key))
                    .addValues(text.substring(equals + 1));
        }
        return filters.values().stream().map(Filter.Builder::build).toList();
    }

    /** Names what went, below a title; nothing when there was none. */
    public static void show(Call call, String title, List<String> names) {
        if (!names.isEmpty()) {
            call.out().line(title);
            names.forEach(call.out()::line);
            call.out().line("");
        }
    }

    /** How much there is free now. */
    public static void total(Call call, long bytes) {
        call.out().line("Total reclaimed space: " + Sizes.decimal(bytes));
    }
}
