package dev.gantry.imagestore.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Changes an image's configuration by instructions of a Dockerfile, those that docker commit and
 * docker import take.
 */
public final class ConfigChanges {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KNOWN =
            "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and"
                    + " WORKDIR";

    /** The member {@code config} of the document. */
    private final ObjectNode config;

    public ConfigChanges(ObjectNode config) {
        this.config = config;
    }

    /** Applies one; INVALID_ARGUMENT says what is wrong with it. */
    public void apply(String instruction) {
        String text = instruction.strip();
        int space = 0;
        while (space < text.length() && !Character.isWhitespace(text.charAt(space))) {
            space++;
        }
        String verb = text.substring(0, space).toUpperCase(Locale.ROOT);
        String rest = text.substring(space).strip();
        if (rest.isEmpty()) {
            throw Failure.invalid("change \"%s\" has no argument".formatted(text));
        }
        switch (verb) {
            case "CMD" -> config.set("Cmd", command(rest));
            case "ENTRYPOINT" -> config.set("Entrypoint", command(rest));
            case "ENV" -> pairs(rest).forEach(this::environment);
            case "LABEL" ->
                    pairs(rest).forEach(p -> config.withObject("/Labels").put(p.name(), p.value()));
            case "EXPOSE" ->
                    Words.split(rest)
                            .forEach(
                                    port ->
                                            config.withObject("/ExposedPorts")
                                                    .putObject(
                                                            port.indexOf('/') < 0
                                                                    ? port + "/tcp"
                                                                    : port));
            case "VOLUME" ->
                    list(rest).forEach(path -> config.withObject("/Volumes").putObject(path));
            case "USER" -> config.put("User", rest);
            case "WORKDIR" ->
                    config.put(
                            "WorkingDir",
                            Path.of("/", config.path("WorkingDir").asText(""))
                                    .resolve(one(rest))
                                    .normalize()
                                    .toString());
            case "STOPSIGNAL" -> config.put("StopSignal", rest);
            case "HEALTHCHECK" -> config.set("Healthcheck", HealthcheckText.parse(rest));
            case "ONBUILD" -> config.withArray("/OnBuild").add(rest);
            default ->
                    throw Failure.invalid(
                            "change \"%s\" cannot be made: there are %s".formatted(text, KNOWN));
        }
    }

    private static String one(String text) {
        List<String> words = Words.split(text);
        return words.size() == 1 ? words.getFirst() : text;
    }

    private record Pair(String name, String value) {}

    private static List<Pair> pairs(String text) {
        List<String> words = Words.split(text);
        if (words.getFirst().indexOf('=') < 0) {
            // The old form: one name, and all that follows is its value.
            String name = words.getFirst();
            return List.of(new Pair(name, text.substring(name.length()).strip()));
        }
        List<Pair> pairs = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw Failure.invalid("\"%s\" is not NAME=VALUE".formatted(word));
            }
            pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return pairs;
    }

    private void environment(Pair pair) {
        ArrayNode kept = JSON.createArrayNode();
        for (JsonNode entry : config.path("Env")) {
            if (!entry.asText().startsWith(pair.name() + "=")) {
                kept.add(entry);
            }
        }
        config.set("Env", kept.add(pair.name() + "=" + pair.value()));
    }

    /** A JSON array, or a line for a shell. */
    static ArrayNode command(String text) {
        if (text.startsWith("[")) {
            ArrayNode words = JSON.createArrayNode();
            json(text).forEach(words::add);
            return words;
        }
        return JSON.createArrayNode().add("/bin/sh").add("-c").add(text);
    }

    private static List<String> list(String text) {
        return text.startsWith("[") ? json(text) : Words.split(text);
    }

    private static List<String> json(String text) {
        try {
            JsonNode array = JSON.readTree(text);
            List<String> words = new ArrayList<>();
            for (JsonNode word : array) {
                if (!word.isTextual()) {
                    throw Failure.invalid("%s is not an array of texts".formatted(text));
                }
                words.add(word.textValue());
            }
            return words;
        } catch (JsonProcessingException e) {
            throw Failure.invalid("%s is not an array of JSON".formatted(text));
        }
    }
}
