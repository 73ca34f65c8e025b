package dev.gantry.server.config;

import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * gantryd's command line. An option stands above the same key of the configuration file; paths may
 * be relative to the working directory.
 */
public final class CommandLine {
    /** Read when it exists and no --config names another. */
    public static final Path DEFAULT_FILE = Path.of("/etc/gantry/gantryd.toml");

    /** What the command line asks for. */
    public sealed interface Request {
        /** Run the daemon. */
        record Run(Settings settings, Optional<Path> file) implements Request {}

        /** Stop and remove every pod, of all scopes, and end; the daemon must not run. */
        record RemovePods(Settings settings) implements Request {}

        /** Print something on standard output and end. */
        record Print(String text) implements Request {}
    }

    private record Option(Key<?> key, boolean path, String argument, String doc) {}

    private static final Map<String, Option> OPTIONS = options();

    private CommandLine() {}

    private static Map<String, Option> options() {
        Map<String, Option> all = new LinkedHashMap<>();
        all.put("--root", new Option(Keys.ROOT, true, "DIR", "what outlives a reboot"));
        all.put("--state", new Option(Keys.STATE, true, "DIR", "what a reboot may forget"));
        all.put(
                "--socket",
                new Option(Keys.SOCKET, true, "FILE", "the CRI socket (gantry.sock in --state)"));
        all.put(
                "--cni-conf-dir",
                new Option(Keys.CNI_CONF_DIR, true, "DIR", "network configuration lists"));
        all.put(
                "--cni-bin-dir",
                new Option(Keys.CNI_BIN_DIRS, true, "DIR", "CNI plugins; may be repeated"));
        all.put(
                "--certs-dir",
                new Option(Keys.CERTS_DIR, true, "DIR", "registries' mirrors and certificates"));
        all.put(
                "--metrics-address",
                new Option(
                        Keys.METRICS_ADDRESS,
                        false,
                        "HOST:PORT",
                        "Prometheus endpoint, \"\" for none"));
        all.put("--log-level", new Option(Keys.LOG_LEVEL, false, "LEVEL", "error|warn|info|debug"));
        return all;
    }

    /** Reads the command line and the configuration file it names. */
    public static Request parse(List<String> arguments, String version) {
        return parse(arguments, version, DEFAULT_FILE);
    }

    static Request parse(List<String> arguments, String version, Path defaultFile) {
        Map<String, Object> given = new LinkedHashMap<>();
        Optional<Path> file = Optional.empty();
        boolean removePods = false;
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            switch (name) {
                case "--help", "-h" -> {
                    return new Request.Print(help());
                }
                case "--version" -> {
                    return new Request.Print("gantryd " + version + "\n");
                }
                case "--print-config" -> {
                    return new Request.Print(ExampleFile.text());
                }
                case "--remove-pods" -> removePods = true;
                case "--config" -> file = Optional.of(Path.of(value(word, name, rest)));
                default -> take(given, name, word, rest);
            }
        }
        if (file.isEmpty() && Files.exists(defaultFile)) {
            file = Optional.of(defaultFile);
        }
        Values values = file.map(SettingsFile::read).orElse(new Values(Map.of())).with(given);
        Settings settings = Settings.of(values);
        return removePods ? new Request.RemovePods(settings) : new Request.Run(settings, file);
    }

    private static void take(
            Map<String, Object> given, String name, String word, Iterator<String> rest) {
        Option option = OPTIONS.get(name);
        if (option == null) {
            throw unknown(name);
        }
        String text = value(word, name, rest);
        Object value =
                option.path && !text.isEmpty() ? Path.of(text).toAbsolutePath().toString() : text;
        if (option.key.equals(Keys.CNI_BIN_DIRS)) {
            List<Object> all = new ArrayList<>();
            if (given.get(option.key.name()) instanceof List<?> before) {
                all.addAll(before);
            }
            all.add(value);
            value = all;
        }
        try {
            option.key.type().read(value);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "%s %s: %s".formatted(name, Schema.shown(value), e.getMessage()),
                    e);
        }
        given.put(option.key.name(), value);
    }

    private static String value(String word, String name, Iterator<String> rest) {
        if (word.length() > name.length()) {
            return word.substring(name.length() + 1);
        }
        if (!rest.hasNext()) {
            throw Failure.invalid(name + " needs a value; gantryd --help lists the options");
        }
        return rest.next();
    }

    private static Failure unknown(String word) {
        List<String> known = new ArrayList<>(OPTIONS.keySet());
        known.addAll(
                Arrays.asList(
                        "--config", "--help", "--version", "--print-config", "--remove-pods"));
        return Failure.invalid(
                "unknown option "
                        + word
                        + Nearest.to(word, known)
                                .map(n -> ": did you mean " + n + "?")
                                .orElse(": gantryd --help lists the options"));
    }

    private static String help() {
        StringBuilder out = new StringBuilder();
        out.append("gantryd: a Kubernetes CRI container runtime\n\n")
                .append("usage: gantryd [--config FILE] [options]\n\n");
        line(out, "--config FILE", "configuration; " + DEFAULT_FILE + " when it exists");
        OPTIONS.forEach((name, o) -> line(out, name + " " + o.argument, o.doc + preset(o.key)));
        line(out, "--print-config", "print the documented configuration with every default");
        line(
                out,
                "--remove-pods",
                "stop and remove all pods, then end; not beside a running daemon");
        line(out, "--version", "print the version");
        line(out, "--help", "print this");
        return out.toString();
    }

    private static <T> String preset(Key<T> key) {
        String value = key.type().write(key.preset());
        return value.equals("\"\"") ? "" : " (" + value + ")";
    }

    private static void line(StringBuilder out, String left, String right) {
        out.append("  %-28s %s%n".formatted(left, right));
    }
}
