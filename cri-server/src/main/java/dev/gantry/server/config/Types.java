package dev.gantry.server.config;

import dev.gantry.imagestore.ProjectRange;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.model.ByteSize;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that configuration keys have. */
final class Types {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern ADDRESS =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[0-9.]+|localhost):([0-9]{1,5})");

    private Types() {}

    /** An absolute path. */
    static Type<Path> path() {
        return text(
                "an absolute path, such as \"/var/lib/gantry\"", Types::absolute, Path::toString);
    }

    /** An absolute path, or nothing. */
    static Type<Optional<Path>> optionalPath() {
        return text(
                "an absolute path or \"\"",
                s -> Optional.of(absolute(s)).filter(p -> s.isEmpty() || p.isPresent()),
                p -> p.map(Path::toString).orElse(""));
    }

    /** A program: a name to look up in PATH, or an absolute path, or nothing. */
    static Type<String> program() {
        return text(
                "a program's name, its absolute path, or \"\"",
                s ->
                        s.isEmpty() || (!s.isBlank() && (s.indexOf('/') < 0 || s.startsWith("/")))
                                ? Optional.of(s)
                                : Optional.empty(),
                s -> s);
    }

    /** A name of lower-case letters, digits, dots and dashes: what a RuntimeClass may ask for. */
    static Type<String> name() {
        return text(
                "a name of lower-case letters, digits, dots and dashes",
                s ->
                        s.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
                                ? Optional.of(s)
                                : Optional.empty(),
                s -> s);
    }

    /** The name of a user or a group, or nothing. */
    static Type<Optional<String>> optionalName() {
        return text(
                "a name of letters, digits, dots, dashes and underscores, or \"\"",
                s ->
                        s.isEmpty() || s.matches("[A-Za-z_][A-Za-z0-9_.-]*")
                                ? Optional.of(Optional.of(s).filter(name -> !name.isEmpty()))
                                : Optional.empty(),
                name -> name.orElse(""));
    }

    /** A duration with its unit. */
    static Type<Duration> duration() {
        return text(
                "a duration such as \"500ms\", \"30s\" or \"2m\"", Types::toDuration, Types::of);
    }

    /** A host and a port to listen on. */
    static Type<InetSocketAddress> address() {
        return text(
                "an address and a port, such as \"127.0.0.1:0\" or \"[::1]:10010\"",
                s -> toAddress(s).flatMap(a -> a),
                a -> a.getHostString() + ":" + a.getPort());
    }

    /** A host and a port to listen on, or nothing. */
    static Type<Optional<InetSocketAddress>> optionalAddress() {
        return text(
                "an address and a port, such as \"127.0.0.1:9155\" or \"[::1]:9155\", or \"\" for none",
                Types::toAddress,
                a -> a.map(x -> x.getHostString() + ":" + x.getPort()).orElse(""));
    }

    /** One of a few words. */
    static <E extends Enum<E>> Type<E> choice(Class<E> of) {
        List<E> all = List.of(of.getEnumConstants());
        String names =
                all.stream().map(Enum::toString).collect(Collectors.joining("\", \"", "\"", "\""));
        return text(
                all.size() == 1 ? names : "one of " + names,
                s -> all.stream().filter(e -> e.toString().equals(s)).findFirst(),
                Enum::toString);
    }

    /** A size in bytes between the two, written with a binary unit. */
    static Type<Integer> size(int least, int most) {
        return text(
                "a size between %s and %s, such as \"16MiB\""
                        .formatted(ByteSize.format(least), ByteSize.format(most)),
                s -> ByteSize.parse(s).filter(n -> n >= least && n <= most).map(Math::toIntExact),
                n -> ByteSize.format(n));
    }

    /** A limit of a writable layer, or none. */
    static Type<WritableQuota> quota() {
        return text(
                "a size of 1MiB at least, such as \"10GiB\", or \"\" for no limit",
                s ->
                        s.isEmpty()
                                ? Optional.of(new WritableQuota.Unlimited())
                                : ByteSize.parse(s)
                                        .filter(n -> n >= WritableQuota.Bytes.LEAST)
                                        .map(WritableQuota.Bytes::new),
                quota ->
                        quota instanceof WritableQuota.Bytes(long count)
                                ? ByteSize.format(count)
                                : "");
    }

    /** The ids of projects. */
    static Type<ProjectRange> projects() {
        return text(
                "two numbers from 1 to 4294967294 with a dash between, such as \"2000000000-2000999999\"",
                ProjectRange::parse,
                ProjectRange::toString);
    }

    /** A whole number between the two. */
    static Type<Integer> number(int least, int most) {
        return new Type<>() {
            @Override
            public Integer read(Object value) {
                if (value instanceof Long n && n >= least && n <= most) {
                    return Math.toIntExact(n);
                }
                throw expected("a whole number from %d to %d".formatted(least, most));
            }

            @Override
            public String write(Integer value) {
                return value.toString();
            }
        };
    }

    /** A list of absolute paths that is not empty. */
    static Type<List<Path>> paths() {
        String words = "a list of absolute paths, such as [\"/opt/cni/bin\"]";
        return new Type<>() {
            @Override
            public List<Path> read(Object value) {
                if (!(value instanceof List<?> list) || list.isEmpty()) {
                    throw expected(words);
                }
                List<Path> paths = new ArrayList<>();
                for (Object entry : list) {
                    if (!(entry instanceof String s)) {
                        throw expected(words);
                    }
                    paths.add(absolute(s).orElseThrow(() -> expected(words)));
                }
                return List.copyOf(paths);
            }

            @Override
            public String write(List<Path> value) {
                return value.stream()
                        .map(p -> quote(p.toString()))
                        .collect(Collectors.joining(", ", "[", "]"));
            }
        };
    }

    /** A list of texts, none of them empty. */
    static Type<List<String>> texts() {
        String words = "a list of texts, such as [\"registry.k8s.io/pause:*\"]";
        return new Type<>() {
            @Override
            public List<String> read(Object value) {
                if (!(value instanceof List<?> list)) {
                    throw expected(words);
                }
                List<String> texts = new ArrayList<>();
                for (Object entry : list) {
                    if (!(entry instanceof String s) || s.isBlank()) {
                        throw expected(words);
                    }
                    texts.add(s);
                }
                return List.copyOf(texts);
            }

            @Override
            public String write(List<String> value) {
                return value.stream().map(Types::quote).collect(Collectors.joining(", ", "[", "]"));
            }
        };
    }

    /** Yes or no. */
    static Type<Boolean> flag() {
        return new Type<>() {
            @Override
            public Boolean read(Object value) {
                if (value instanceof Boolean flag) {
                    return flag;
                }
                throw expected("true or false");
            }

            @Override
            public String write(Boolean value) {
                return value.toString();
            }
        };
    }

    private static <T> Type<T> text(
            String words, Function<String, Optional<T>> parse, Function<T, String> print) {
        return new Type<>() {
            @Override
            public T read(Object value) {
                if (value instanceof String s) {
                    return parse.apply(s).orElseThrow(() -> expected(words));
                }
                throw expected(words);
            }

            @Override
            public String write(T value) {
                return quote(print.apply(value));
            }
        };
    }

    private static IllegalArgumentException expected(String words) {
        return new IllegalArgumentException("expected " + words);
    }

    private static String quote(String s) {
        return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Optional<Path> absolute(String s) {
        return s.startsWith("/") && s.indexOf('\0') < 0
                ? Optional.of(Path.of(s).normalize())
                : Optional.empty();
    }

    private static Optional<Duration> toDuration(String s) {
        Matcher m = DURATION.matcher(s);
        if (!m.matches()) {
            return Optional.empty();
        }
        long n = Long.parseLong(m.group(1));
        Duration d =
                switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "s" -> Duration.ofSeconds(n);
                    case "m" -> Duration.ofMinutes(n);
                    default -> Duration.ofHours(n);
                };
        return d.isZero() ? Optional.empty() : Optional.of(d);
    }

    private static String of(Duration d) {
        return d.toMillis() % 1000 == 0 ? d.toSeconds() + "s" : d.toMillis() + "ms";
    }

    private static Optional<Optional<InetSocketAddress>> toAddress(String s) {
        if (s.isEmpty()) {
            return Optional.of(Optional.empty());
        }
        Matcher m = ADDRESS.matcher(s);
        if (!m.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(m.group(2));
        if (port > 65535) {
            return Optional.empty();
        }
        return Optional.of(Optional.of(InetSocketAddress.createUnresolved(m.group(1), port)));
    }
}
