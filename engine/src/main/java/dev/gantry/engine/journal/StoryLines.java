package dev.gantry.engine.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Stories and steps as lines of JSON. A line that cannot be read, as the last one before a kill may
 * be, is passed over.
 */
final class StoryLines {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private StoryLines() {}

    static String write(Story story) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("namespace", story.namespace());
        line.put("pod", story.name());
        line.put("uid", story.uid());
        return line.toString();
    }

    static Optional<Story> story(String line, Scope scope) {
        return read(line)
                .filter(json -> json.has("uid"))
                .map(
                        json ->
                                new Story(
                                        scope,
                                        text(json, "namespace"),
                                        text(json, "pod"),
                                        text(json, "uid")));
    }

    static String write(Step step) {
        ObjectNode line = MAPPER.createObjectNode();
        line.put("at", step.at().toString());
        put(line, "took", step.took().isZero() ? "" : step.took().toString());
        put(line, "sandbox", step.pod());
        put(line, "container", step.container());
        put(line, "name", step.name());
        line.put("kind", step.kind().name());
        line.put("what", step.what());
        step.trouble()
                .ifPresent(
                        trouble -> {
                            line.put("error", trouble.message());
                            put(line, "path", trouble.path());
                            put(line, "errno", trouble.errno());
                            if (trouble.number() != 0) {
                                line.put("number", trouble.number());
                            }
                        });
        return line.toString();
    }

    private static void put(ObjectNode line, String name, String value) {
        if (!value.isEmpty()) {
            line.put(name, value);
        }
    }

    static Optional<Step> step(String line) {
        try {
            return read(line).filter(json -> json.has("what")).map(StoryLines::step);
        } catch (DateTimeParseException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Step step(JsonNode json) {
        String took = text(json, "took");
        return new Step(
                Instant.parse(text(json, "at")),
                took.isEmpty() ? Duration.ZERO : Duration.parse(took),
                text(json, "sandbox"),
                text(json, "container"),
                text(json, "name"),
                Step.Kind.valueOf(text(json, "kind")),
                text(json, "what"),
                json.has("error")
                        ? Optional.of(
                                new Trouble(
                                        text(json, "error"),
                                        text(json, "path"),
                                        text(json, "errno"),
                                        json.path("number").asInt()))
                        : Optional.empty());
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asText("");
    }

    private static Optional<JsonNode> read(String line) {
        try {
            return Optional.ofNullable(MAPPER.readTree(line)).filter(JsonNode::isObject);
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
