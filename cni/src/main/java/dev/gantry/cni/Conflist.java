package dev.gantry.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A network configuration list (section 1 of the specification).
 *
 * @param source the file it was read from, for messages
 * @param disableCheck whether CHECK is to be left out
 * @param plugins in the order of ADD, at least one
 * @param json the whole list, as it is recorded
 */
record Conflist(
        Path source,
        String name,
        CniVersion version,
        boolean disableCheck,
        List<Plugin> plugins,
        ObjectNode json) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    /** One plugin's configuration; {@code type} is the name of its program. */
    record Plugin(String type, ObjectNode json) {
        /** Whether the plugin declares the capability. */
        boolean hasCapability(String capability) {
            return json.path("capabilities").path(capability).asBoolean(false);
        }
    }

    Conflist {
        plugins = List.copyOf(plugins);
    }

    /** Parses a list; INVALID_ARGUMENT names the field that is wrong. */
    static Conflist parse(Path source, ObjectNode json) {
        JsonNode entries = json.path("plugins");
        if (!entries.isArray() || entries.isEmpty()) {
            throw Failure.invalid("\"plugins\" is not a list of at least one plugin");
        }
        List<Plugin> plugins = new ArrayList<>();
        for (JsonNode entry : entries) {
            plugins.add(plugin(entry));
        }
        return new Conflist(source, name(json), version(json), disableCheck(json), plugins, json);
    }

    /** Parses a file with one plugin's configuration into a list of one. */
    static Conflist parseSingle(Path source, ObjectNode json) {
        if (json.has("plugins")) {
            throw Failure.invalid("has \"plugins\": a list is read only from a .conflist file");
        }
        ObjectNode list = Json.object();
        for (String field : List.of("cniVersion", "name")) {
            Optional.ofNullable(json.get(field)).ifPresent(value -> list.set(field, value));
        }
        list.putArray("plugins").add(json);
        return parse(source, list);
    }

    private static Plugin plugin(JsonNode entry) {
        String type = entry.path("type").asText("");
        if (!(entry instanceof ObjectNode json) || type.isEmpty()) {
            throw Failure.invalid("a plugin has no \"type\"");
        }
        if (type.indexOf('/') >= 0 || type.indexOf('\0') >= 0 || type.equals("..")) {
            throw Failure.invalid("plugin type \"" + type + "\" is not the name of a program");
        }
        return new Plugin(type, json);
    }

    private static String name(ObjectNode json) {
        String name = json.path("name").asText("");
        if (!NAME.matcher(name).matches()) {
            throw Failure.invalid("\"name\" is \"" + name + "\", not a network's name");
        }
        return name;
    }

    /** The name itself; INVALID_ARGUMENT when it is none, and could be a path. */
    static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Failure.invalid("\"" + name + "\" is not a network's name");
        }
        return name;
    }

    /** The newest of {@code cniVersions} that we speak, where there is such a list (CNI 1.1). */
    private static CniVersion version(ObjectNode json) {
        List<CniVersion> offered = new ArrayList<>();
        for (JsonNode version : json.path("cniVersions")) {
            if (CniVersion.known(version.asText())) {
                offered.add(CniVersion.parse(version.asText()));
            }
        }
        String single = json.path("cniVersion").asText("");
        if (offered.isEmpty() || CniVersion.known(single)) {
            offered.add(CniVersion.parse(single));
        }
        return offered.stream().max(CniVersion::compareTo).orElseThrow();
    }

    private static boolean disableCheck(ObjectNode json) {
        // libcni takes the text "true" too.
        return json.path("disableCheck").asBoolean(false);
    }
}
