package dev.gantry.server.config;

import dev.gantry.runtime.oci.OciRlimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Resource limits as {@code nofile=1024:524288}: the name, the soft limit, the hard one. */
final class Ulimits implements Type<List<OciRlimit>> {
    private static final String WORDS =
            "a list of limits, such as [\"nofile=1024:524288\", \"core=0\"]";

    private static final Set<String> NAMES =
            Set.of(
                    "as",
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");

    private static final Pattern FORM =
            Pattern.compile("([a-z]+)=([0-9]{1,18}|unlimited)(?::([0-9]{1,18}|unlimited))?");

    @Override
    public List<OciRlimit> read(Object value) {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("expected " + WORDS);
        }
        List<OciRlimit> limits = new ArrayList<>();
        for (Object entry : list) {
            limits.add(
                    Optional.of(entry)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .flatMap(Ulimits::limit)
                            .filter(l -> limits.stream().noneMatch(o -> o.type().equals(l.type())))
                            .orElseThrow(() -> new IllegalArgumentException("expected " + WORDS)));
        }
        return List.copyOf(limits);
    }

    private static Optional<OciRlimit> limit(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || !NAMES.contains(form.group(1))) {
            return Optional.empty();
        }
        long soft = number(form.group(2));
        long hard = form.group(3) == null ? soft : number(form.group(3));
        return Long.compareUnsigned(soft, hard) > 0
                ? Optional.empty()
                : Optional.of(
                        new OciRlimit(
                                "RLIMIT_" + form.group(1).toUpperCase(Locale.ROOT), hard, soft));
    }

    private static long number(String text) {
        return text.equals("unlimited") ? -1 : Long.parseLong(text);
    }

    @Override
    public String write(List<OciRlimit> value) {
        return value.stream()
                .map(
                        l ->
                                "\"%s=%s:%s\""
                                        .formatted(
                                                l.type()
                                                        .substring("RLIMIT_".length())
                                                        .toLowerCase(Locale.ROOT),
                                                words(l.soft()),
                                                words(l.hard())))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String words(long number) {
        return number == -1 ? "unlimited" : Long.toUnsignedString(number);
    }
}
