package dev.gantry.server.config;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads a configuration file. Whatever is not known or not right is refused with the file, the line
 * and what was meant, all of it at once.
 */
final class SettingsFile {
    private static final long SIZE_MAX = 1 << 20;

    private final Path file;
    private final List<String> refusals = new ArrayList<>();
    private final Map<String, Object> given = new TreeMap<>();

    private SettingsFile(Path file) {
        this.file = file;
    }

    static Values read(Path file) {
        SettingsFile reader = new SettingsFile(file);
        TomlParseResult toml = reader.parse();
        reader.walk(toml, "");
        if (!reader.refusals.isEmpty()) {
            throw Failure.invalid(String.join("\n", reader.refusals));
        }
        return new Values(reader.given);
    }

    private TomlParseResult parse() {
        TomlParseResult toml;
        try {
            if (Files.size(file) > SIZE_MAX) {
                throw Failure.invalid(file + " is larger than 1 MiB: not a configuration");
            }
            toml = Toml.parse(Files.readString(file));
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT, "read configuration " + file + ": " + e, e);
        }
        if (toml.hasErrors()) {
            for (TomlParseError error : toml.errors()) {
                refuse(error.position(), String.valueOf(error.getMessage()));
            }
            throw Failure.invalid(String.join("\n", refusals));
        }
        return toml;
    }

    private void refuse(TomlPosition at, String why) {
        refusals.add("%s:%d:%d: %s".formatted(file, at.line(), at.column(), why));
    }

    private void walk(TomlTable table, String prefix) {
        for (String leaf : table.keySet()) {
            String name = prefix + leaf;
            TomlPosition at = position(table, leaf);
            Object value = table.get(List.of(leaf));
            if (value instanceof TomlTable inner) {
                enter(inner, name, at);
            } else if (value != null) {
                set(name, plain(value), at);
            }
        }
    }

    private static TomlPosition position(TomlTable table, String leaf) {
        TomlPosition at = table.inputPositionOf(List.of(leaf));
        return at == null ? TomlPosition.positionAt(1, 1) : at;
    }

    private void enter(TomlTable table, String name, TomlPosition at) {
        if (Schema.isTable(name)) {
            Schema.chosen(name).ifPresent(n -> given.put(Keys.HANDLER_KIND.nameFor(n), "oci"));
            walk(table, name + ".");
        } else if (Schema.find(name).isPresent()) {
            refuse(at, name + " is a key with a value, not a table");
        } else {
            refuse(at, "unknown table [" + name + "]" + meant(Schema.nearestTable(name)));
        }
    }

    private void set(String name, Object value, TomlPosition at) {
        Optional<Key<?>> key = Schema.find(name);
        if (key.isEmpty()) {
            String why =
                    Schema.isTable(name)
                            ? name + " is a table: write [" + name + "] and its keys below"
                            : "unknown key " + name + meant(Schema.nearest(name));
            refuse(at, why);
            return;
        }
        try {
            key.get().type().read(value);
            given.put(name, value);
        } catch (IllegalArgumentException e) {
            refuse(at, name + " is " + Schema.shown(value) + ": " + e.getMessage());
        }
    }

    private static String meant(Optional<String> guess) {
        return guess.map(g -> ": did you mean " + g + "?")
                .orElse(": gantryd --print-config lists every key");
    }

    private static Object plain(Object value) {
        return value instanceof TomlArray array
                ? array.toList().stream().map(SettingsFile::plain).toList()
                : value;
    }
}
