package dev.gantry.imagestore.signature;

import dev.gantry.imagestore.signature.PolicyRule.Action;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads a policy file. A mistake in it is FAILED_PRECONDITION and names the file and the line: a
 * rule that is silently ignored would let through what it should refuse.
 *
 * <pre>
 * default = "accept"                       # or "reject"
 *
 * [[rule]]
 * repository = "registry.example.com/team" # this repository and those below it
 * action = "require-signature"             # or "accept", or "reject" with a reason
 * keys = ["keys/team.pub"]                 # one that has signed is enough
 * identity = "repository"                  # or "any": also signed under another name
 * </pre>
 */
final class PolicyFile {
    private static final Set<String> TOP = Set.of("default", "rule");
    private static final Set<String> RULE =
            Set.of("repository", "action", "keys", "identity", "reason");
    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9.:\\[\\]-]+(/[a-z0-9]+([._-]+[a-z0-9]+)*)*");
    private static final int MAX_KEY = 64 << 10;

    private final Path file;

    private PolicyFile(Path file) {
        this.file = file;
    }

    /** A rule whose keys are not read yet. */
    private record Draft(
            String repository,
            String action,
            String reason,
            List<Path> keys,
            boolean any,
            int line) {}

    /** What the file says, before its keys are read. */
    static final class Parsed {
        private final PolicyFile source;
        private final List<Draft> drafts;

        private Parsed(PolicyFile source, List<Draft> drafts) {
            this.source = source;
            this.drafts = drafts;
        }

        List<Path> keyFiles() {
            return drafts.stream().flatMap(draft -> draft.keys().stream()).distinct().toList();
        }
    }

    static Parsed parse(Path file, String text) {
        PolicyFile reader = new PolicyFile(file);
        return new Parsed(reader, reader.drafts(text));
    }

    /** Reads the keys. */
    static SignaturePolicy policy(Parsed parsed) throws IOException {
        PolicyFile reader = parsed.source;
        Map<Path, VerificationKey> keys = new LinkedHashMap<>();
        for (Path path : parsed.keyFiles()) {
            if (Files.size(path) > MAX_KEY) {
                throw Failure.precondition("key " + path + " is larger than 64 KiB");
            }
            keys.put(path, VerificationKey.parse(path.toString(), Files.readString(path)));
        }
        List<PolicyRule> rules = new ArrayList<>();
        for (Draft draft : parsed.drafts) {
            Action action =
                    switch (draft.action()) {
                        case "accept" -> new Action.Accept();
                        case "reject" -> new Action.Reject(draft.reason());
                        default ->
                                new Action.RequireSignature(
                                        draft.keys().stream().map(keys::get).toList(), draft.any());
                    };
            rules.add(new PolicyRule(draft.repository(), action, reader.file, draft.line()));
        }
        return new SignaturePolicy(rules);
    }

    private List<Draft> drafts(String text) {
        TomlParseResult root = Toml.parse(text);
        if (root.hasErrors()) {
            var error = root.errors().getFirst();
            throw wrong(error.position(), String.valueOf(error.getMessage()));
        }
        known(root, TOP, "default and rule");
        if (!root.contains("default")) {
            throw wrong(
                    null, "\"default\" is missing: \"accept\" or \"reject\" what no rule covers");
        }
        List<Draft> drafts = new ArrayList<>();
        String fallback = text(root, "default", "");
        if (!fallback.equals("accept") && !fallback.equals("reject")) {
            throw wrong(at(root, "default"), "\"default\" is neither \"accept\" nor \"reject\"");
        }
        drafts.add(new Draft("", fallback, "", List.of(), false, line(root, "default")));
        Set<String> seen = new HashSet<>();
        for (TomlTable table : rules(root)) {
            Draft draft = draft(table);
            if (!seen.add(draft.repository())) {
                throw wrong(
                        at(table, "repository"),
                        "a second rule for \"" + draft.repository() + "\"");
            }
            drafts.add(draft);
        }
        return drafts;
    }

    private List<TomlTable> rules(TomlTable root) {
        List<TomlTable> rules = new ArrayList<>();
        if (root.get("rule") instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                if (!(array.get(i) instanceof TomlTable table)) {
                    throw wrong(array.inputPositionOf(i), "\"rule\" is not written as [[rule]]");
                }
                rules.add(table);
            }
        } else if (root.contains("rule")) {
            throw wrong(at(root, "rule"), "\"rule\" is not written as [[rule]]");
        }
        return rules;
    }

    private Draft draft(TomlTable table) {
        known(table, RULE, "repository, action, keys, identity and reason");
        String repository = text(table, "repository", "");
        if (!REPOSITORY.matcher(repository).matches()) {
            throw wrong(
                    at(table, "repository"),
                    "\"repository\" is not a registry, alone or with the start of a repository"
                            + " (\"docker.io/library\")");
        }
        String action = text(table, "action", "");
        if (!Set.of("accept", "reject", "require-signature").contains(action)) {
            throw wrong(
                    at(table, "action"),
                    "\"action\" is none of \"accept\", \"reject\" and \"require-signature\"");
        }
        List<Path> keys = keys(table);
        boolean signed = action.equals("require-signature");
        if (signed == keys.isEmpty()) {
            throw wrong(
                    at(table, "action"),
                    signed
                            ? "\"require-signature\" needs \"keys\", the files of public keys"
                            : "\"keys\" are for \"require-signature\" only");
        }
        String identity = text(table, "identity", "repository");
        if (!identity.equals("repository") && !identity.equals("any")) {
            throw wrong(
                    at(table, "identity"), "\"identity\" is neither \"repository\" nor \"any\"");
        }
        return new Draft(
                repository,
                action,
                text(table, "reason", ""),
                keys,
                identity.equals("any"),
                line(table, "repository"));
    }

    private List<Path> keys(TomlTable table) {
        List<Path> keys = new ArrayList<>();
        Object value = table.get("keys");
        if (value instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                if (!(array.get(i) instanceof String name) || name.isEmpty()) {
                    throw wrong(array.inputPositionOf(i), "\"keys\" holds what is no file's name");
                }
                keys.add(file.resolveSibling(name).toAbsolutePath().normalize());
            }
        } else if (value != null) {
            throw wrong(at(table, "keys"), "\"keys\" is not an array of files");
        }
        return keys;
    }

    private void known(TomlTable table, Set<String> names, String listed) {
        for (String name : table.keySet()) {
            if (!names.contains(name)) {
                throw wrong(
                        at(table, name),
                        "unknown key \"%s\"; there are %s".formatted(name, listed));
            }
        }
    }

    private String text(TomlTable table, String name, String absent) {
        Object value = table.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrong(at(table, name), "\"" + name + "\" is not text in quotes");
        }
        return value instanceof String text ? text : absent;
    }

    private static @Nullable TomlPosition at(TomlTable table, String name) {
        return table.inputPositionOf(List.of(name));
    }

    private static int line(TomlTable table, String name) {
        TomlPosition position = at(table, name);
        return position == null ? 0 : position.line();
    }

    private Failure wrong(@Nullable TomlPosition at, String message) {
        String where = at == null ? "" : ", line " + at.line();
        return Failure.precondition("image policy " + file + where + ": " + message);
    }
}
