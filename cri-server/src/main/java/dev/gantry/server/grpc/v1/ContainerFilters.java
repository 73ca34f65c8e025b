package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ContainerState;
import dev.gantry.local.LocalContainer;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.Filter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Docker's filters of containers. */
final class ContainerFilters {
    private ContainerFilters() {}

    /**
     * Those of a list.
     *
     * @param find the container that a value names
     */
    static Predicate<LocalContainer> list(
            List<Filter> filters, Function<String, LocalContainer> find) {
        return Filters.all(
                filters,
                Map.ofEntries(
                        Map.entry("id", v -> c -> c.id().startsWith(v)),
                        Map.entry("name", ContainerFilters::name),
                        Map.entry("label", ContainerFilters::label),
                        Map.entry("label!", v -> label(v).negate()),
                        Map.entry("status", v -> c -> c.status().toString().equals(v)),
                        Map.entry("exited", ContainerFilters::exited),
                        Map.entry("health", v -> c -> c.health().status().toString().equals(v)),
                        Map.entry("ancestor", v -> c -> ancestor(c, v)),
                        Map.entry("network", v -> c -> c.pod().config().network().name().equals(v)),
                        Map.entry("volume", v -> c -> mounts(c, v)),
                        Map.entry("before", v -> before(find.apply(v).createdAt())),
                        Map.entry(
                                "since",
                                v -> {
                                    Instant at = find.apply(v).createdAt();
                                    return c -> c.createdAt().isAfter(at);
                                })));
    }

    /** Those of a prune. */
    static Predicate<LocalContainer> prune(List<Filter> filters) {
        return Filters.all(
                filters,
                Map.of(
                        "until",
                        v -> before(Filters.time(v)),
                        "label",
                        ContainerFilters::label,
                        "label!",
                        v -> label(v).negate()));
    }

    private static Predicate<LocalContainer> before(Instant at) {
        return c -> c.createdAt().isBefore(at);
    }

    /** A regular expression that is found anywhere, as in docker. */
    private static Predicate<LocalContainer> name(String value) {
        try {
            Pattern pattern = Pattern.compile(value.startsWith("/") ? value.substring(1) : value);
            return c -> pattern.matcher(c.name()).find();
        } catch (PatternSyntaxException e) {
            throw Failure.invalid("filter name=%s: %s".formatted(value, e.getDescription()));
        }
    }

    private static Predicate<LocalContainer> label(String value) {
        Predicate<Map<String, String>> labels = Filters.label(value);
        return c -> labels.test(c.container().config().labels());
    }

    private static Predicate<LocalContainer> exited(String value) {
        int code;
        try {
            code = Integer.parseInt(value);
        } catch (NumberFormatException _) {
            throw Failure.invalid("filter exited=%s is not a number".formatted(value));
        }
        return c ->
                c.container().state() instanceof ContainerState.Exited exited
                        && exited.exitCode() == code;
    }

    private static boolean ancestor(LocalContainer c, String image) {
        String id = c.container().imageId().toString();
        String asked = c.container().config().image();
        String said = c.container().config().userSpecifiedImage();
        return id.equals(image)
                || (image.length() >= 4 && id.startsWith("sha256:" + image))
                || named(asked, image)
                || named(said, image);
    }

    private static boolean named(String name, String image) {
        return name.equals(image)
                || name.equals(image + ":latest")
                || name.endsWith("/" + image)
                || name.endsWith("/" + image + ":latest");
    }

    private static boolean mounts(LocalContainer c, String value) {
        return c.container().config().mounts().stream()
                .anyMatch(
                        m ->
                                m.containerPath().equals(value)
                                        || m.hostPath().equals(value)
                                        || m.hostPath().contains("/" + value + "/"));
    }
}
