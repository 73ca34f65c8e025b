package dev.gantry.imagestore.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The argument of HEALTHCHECK: {@code NONE}, or options and {@code CMD} with a command. */
final class HealthcheckText {
    private static final Pattern OPTION = Pattern.compile("--([a-z-]+)=(\\S+)\\s+");
    private static final Pattern DURATION =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

    private HealthcheckText() {}

    static ObjectNode parse(String text) {
        ObjectNode check = JsonNodeFactory.instance.objectNode();
        if (text.equals("NONE")) {
            check.putArray("Test").add("NONE");
            return check;
        }
        Matcher options = OPTION.matcher(text);
        int at = 0;
        while (options.find(at) && options.start() == at) {
            option(check, options.group(1), options.group(2));
            at = options.end();
        }
        String rest = text.substring(at).strip();
        if (!rest.startsWith("CMD ")) {
            throw Failure.invalid("HEALTHCHECK \"%s\" has neither NONE nor CMD".formatted(text));
        }
        String command = rest.substring("CMD ".length()).strip();
        ArrayNode test = check.putArray("Test");
        if (command.startsWith("[")) {
            test.add("CMD").addAll(ConfigChanges.command(command));
        } else {
            test.add("CMD-SHELL").add(command);
        }
        return check;
    }

    private static void option(ObjectNode check, String name, String value) {
        switch (name) {
            case "interval" -> check.put("Interval", nanos(value));
            case "timeout" -> check.put("Timeout", nanos(value));
            case "start-period" -> check.put("StartPeriod", nanos(value));
            case "start-interval" -> check.put("StartInterval", nanos(value));
            case "retries" -> check.put("Retries", retries(value));
            default -> throw Failure.invalid("HEALTHCHECK has no option --" + name);
        }
    }

    private static int retries(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException _) {
            throw Failure.invalid("HEALTHCHECK --retries=%s is not a number".formatted(value));
        }
    }

    /** As Go writes durations: {@code 1m30s}. */
    private static long nanos(String text) {
        Matcher parts = DURATION.matcher(text);
        double nanos = 0;
        int at = 0;
        while (parts.find(at) && parts.start() == at) {
            nanos += Double.parseDouble(parts.group(1)) * unit(parts.group(2));
            at = parts.end();
        }
        if (at == 0 || at < text.length()) {
            throw Failure.invalid("\"%s\" is not a duration as 1m30s".formatted(text));
        }
        return Math.round(nanos);
    }

    private static double unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            default -> 3600e9;
        };
    }
}
