package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.registry.RegistryHost.Capability;
import dev.gantry.imagestore.registry.RegistryHost.ClientCertificate;
import dev.gantry.model.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads one {@code hosts.toml}, containerd's format: the hosts of {@code [host."…"]} in the order
 * of the file, then the server. A mistake is FAILED_PRECONDITION and names the file and the line,
 * for a mirror that is silently ignored is worse than a pull that fails.
 */
final class HostsToml {
    private static final Set<String> HOST_KEYS =
            Set.of(
                    "capabilities",
                    "override_path",
                    "skip_verify",
                    "ca",
                    "client",
                    "header",
                    "dial_timeout");

    private static final Set<String> OWN_HEADERS =
            Set.of(
                    "connection",
                    "content-length",
                    "expect",
                    "host",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?(?:(\\d{1,9})ms)?");

    private final Path file;
    private final String registry;
    private final RegistryHost implied;

    /**
     * @param implied the registry's own server, for when the file does not name one
     */
    HostsToml(Path file, String registry, RegistryHost implied) {
        this.file = file;
        this.registry = registry;
        this.implied = implied;
    }

    List<RegistryHost> parse(String text) {
        TomlParseResult root = Toml.parse(text);
        if (root.hasErrors()) {
            var error = root.errors().getFirst();
            throw wrong(error.position(), String.valueOf(error.getMessage()));
        }
        for (String key : root.keySet()) {
            if (!HOST_KEYS.contains(key) && !key.equals("server") && !key.equals("host")) {
                throw unknown(root, key);
            }
        }
        List<RegistryHost> hosts = new ArrayList<>();
        if (root.contains("host")) {
            TomlTable tables = table(root, "host");
            tables.keySet().stream()
                    .sorted(Comparator.comparingInt(key -> line(tables, key)))
                    .forEach(key -> hosts.add(mirror(tables, key)));
        }
        hosts.add(server(root));
        return List.copyOf(hosts);
    }

    private RegistryHost mirror(TomlTable tables, String key) {
        TomlTable table = table(tables, key);
        for (String name : table.keySet()) {
            if (!HOST_KEYS.contains(name)) {
                throw unknown(table, name);
            }
        }
        return host(key, position(tables, key), table);
    }

    private RegistryHost server(TomlTable root) {
        String url = implied.base().toString();
        TomlPosition at = null;
        if (root.contains("server")) {
            url = text(root, "server");
            at = position(root, "server");
        }
        return host(url, at, root);
    }

    private RegistryHost host(String url, @Nullable TomlPosition at, TomlTable table) {
        URI base = base(url, at, flag(table, "override_path"));
        return new RegistryHost(
                base,
                capabilities(table),
                headers(table),
                new RegistryHost.Dial(
                        flag(table, "skip_verify"),
                        authorities(table),
                        clients(table),
                        timeout(table)),
                base.getRawAuthority().equals(implied.base().getRawAuthority())
                        ? Optional.empty()
                        : Optional.of(registry));
    }

    private URI base(String url, @Nullable TomlPosition at, boolean overridePath) {
        URI uri;
        try {
            uri = new URI(url.contains("://") ? url : "https://" + url);
        } catch (URISyntaxException e) {
            throw wrong(at, "\"" + url + "\" is not a URL");
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw wrong(at, "\"" + url + "\" is neither an https:// nor an http:// URL");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
            throw wrong(at, "\"" + uri.getScheme() + "://…\" must be a host, a port and a path");
        }
        String path = uri.getRawPath().replaceAll("/+$", "");
        if (!overridePath && !path.endsWith("/v2")) {
            path += "/v2";
        }
        return URI.create(scheme + "://" + uri.getRawAuthority() + path);
    }

    private Set<Capability> capabilities(TomlTable table) {
        if (!table.contains("capabilities")) {
            return EnumSet.allOf(Capability.class);
        }
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (String name : texts(table, "capabilities")) {
            switch (name) {
                case "pull" -> capabilities.add(Capability.PULL);
                case "resolve" -> capabilities.add(Capability.RESOLVE);
                case "push" -> capabilities.add(Capability.PUSH);
                case "referrers" -> capabilities.add(Capability.REFERRERS);
                default ->
                        throw wrong(
                                position(table, "capabilities"),
                                "capability \"%s\" is none of pull, resolve, push and referrers"
                                        .formatted(name));
            }
        }
        return capabilities;
    }

    private Map<String, List<String>> headers(TomlTable table) {
        if (!table.contains("header")) {
            return Map.of();
        }
        TomlTable headers = table(table, "header");
        Map<String, List<String>> map = new LinkedHashMap<>();
        for (String name : headers.keySet()) {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                throw wrong(position(headers, name), "\"" + name + "\" is not a header's name");
            }
            if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw wrong(
                        position(headers, name),
                        "the header \"" + name + "\" is set by each request itself");
            }
            map.put(name, texts(headers, name));
        }
        return map;
    }

    private List<Path> authorities(TomlTable table) {
        List<Path> paths = new ArrayList<>();
        if (table.contains("ca")) {
            for (String name : texts(table, "ca")) {
                paths.add(readable(name, "ca", position(table, "ca")));
            }
        }
        return paths;
    }

    private List<ClientCertificate> clients(TomlTable table) {
        return table.contains("client")
                ? new ClientSetting(
                                name -> readable(name, "client", position(table, "client")),
                                why -> wrong(position(table, "client"), why))
                        .read(table.get(List.of("client")))
                : List.of();
    }

    private Path readable(String name, String key, @Nullable TomlPosition at) {
        Path path = file.resolveSibling(name).toAbsolutePath().normalize();
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw wrong(at, key + " " + path + " cannot be read");
        }
        return path;
    }

    /** A duration as Go writes it, e.g. {@code 1m30s} or {@code 500ms}. */
    private Optional<Duration> timeout(TomlTable table) {
        if (!table.contains("dial_timeout")) {
            return Optional.empty();
        }
        String text = text(table, "dial_timeout");
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches() || text.isEmpty()) {
            throw wrong(
                    position(table, "dial_timeout"),
                    "dial_timeout \"" + text + "\" is not a duration such as \"10s\"");
        }
        long millis = 0;
        long[] units = {3_600_000, 60_000, 1_000, 1};
        for (int i = 0; i < units.length; i++) {
            String digits = matcher.group(i + 1);
            millis += digits == null ? 0 : Long.parseLong(digits) * units[i];
        }
        // None, for containerd, is no limit of its own.
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private TomlTable table(TomlTable parent, String key) {
        if (parent.get(List.of(key)) instanceof TomlTable table) {
            return table;
        }
        throw wrong(position(parent, key), "\"" + key + "\" is not a table");
    }

    private String text(TomlTable table, String key) {
        if (table.get(List.of(key)) instanceof String text) {
            return text;
        }
        throw wrong(position(table, key), "\"" + key + "\" is not text in quotes");
    }

    private boolean flag(TomlTable table, String key) {
        Object value = table.get(List.of(key));
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw wrong(position(table, key), "\"" + key + "\" is neither true nor false");
    }

    /** One text or an array of them. */
    private List<String> texts(TomlTable table, String key) {
        Object value = table.get(List.of(key));
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof TomlArray array) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                if (!(array.get(i) instanceof String text)) {
                    throw wrong(array.inputPositionOf(i), "\"" + key + "\" holds more than texts");
                }
                texts.add(text);
            }
            return texts;
        }
        throw wrong(position(table, key), "\"" + key + "\" is neither text nor an array of texts");
    }

    private Failure unknown(TomlTable table, String key) {
        return wrong(
                position(table, key),
                "unknown key \"%s\"; a host has capabilities, override_path, skip_verify, ca, client, header and dial_timeout"
                        .formatted(key));
    }

    private static int line(TomlTable table, String key) {
        TomlPosition position = position(table, key);
        return position == null ? 0 : position.line();
    }

    private static @Nullable TomlPosition position(TomlTable table, String key) {
        return table.inputPositionOf(List.of(key));
    }

    private Failure wrong(@Nullable TomlPosition at, String message) {
        String where = at == null ? "" : ", line " + at.line();
        return Failure.precondition(file + where + ": " + message);
    }
}
