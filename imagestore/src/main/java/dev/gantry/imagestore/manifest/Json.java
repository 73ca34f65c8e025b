package dev.gantry.imagestore.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads untrusted JSON strictly: bounded nesting, no duplicate names, nothing after the document,
 * and a value of the wrong type is an error that names the field. {@code null} counts as absent, as
 * Go's encoder writes it.
 */
public final class Json {
    private static final int MAX_DEPTH = 32;
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    /** Parses an object; {@code what} names the document in the error. */
    public static JsonNode object(byte[] body, String what) {
        JsonNode node = parse(body, what);
        if (!node.isObject()) {
            throw new Failure(Failure.Code.DATA_LOSS, what + " is not a JSON object");
        }
        return node;
    }

    /** Parses an array of objects. */
    public static List<JsonNode> elements(byte[] body, String what) {
        JsonNode node = parse(body, what);
        List<JsonNode> elements = new ArrayList<>();
        node.forEach(elements::add);
        if (!node.isArray() || !elements.stream().allMatch(JsonNode::isObject)) {
            throw new Failure(Failure.Code.DATA_LOSS, what + " is not a JSON array of objects");
        }
        return elements;
    }

    private static JsonNode parse(byte[] body, String what) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.DATA_LOSS, what + " is not valid JSON: " + firstLine(e), e);
        }
    }

    public static String text(JsonNode object, String name) {
        JsonNode value = get(object, name);
        if (value.isMissingNode()) {
            return "";
        }
        if (!value.isTextual()) {
            throw wrong(name, "text");
        }
        return value.textValue();
    }

    public static long number(JsonNode object, String name) {
        JsonNode value = get(object, name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, "a whole number");
        }
        return value.longValue();
    }

    /** The object of a name; an empty one when it is absent. */
    public static JsonNode child(JsonNode object, String name) {
        JsonNode value = get(object, name);
        if (!value.isMissingNode() && !value.isObject()) {
            throw wrong(name, "an object");
        }
        return value;
    }

    public static List<JsonNode> array(JsonNode object, String name) {
        JsonNode value = get(object, name);
        if (value.isMissingNode()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(name, "an array");
        }
        List<JsonNode> elements = new ArrayList<>(value.size());
        value.forEach(elements::add);
        return elements;
    }

    public static List<String> texts(JsonNode object, String name) {
        return array(object, name).stream()
                .map(
                        element -> {
                            if (!element.isTextual()) {
                                throw wrong(name, "an array of texts");
                            }
                            return element.textValue();
                        })
                .toList();
    }

    public static Map<String, String> textMap(JsonNode object, String name) {
        JsonNode value = child(object, name);
        Map<String, String> map = new LinkedHashMap<>();
        value.fieldNames().forEachRemaining(key -> map.put(key, text(value, key)));
        return map;
    }

    public static List<String> keys(JsonNode object, String name) {
        List<String> keys = new ArrayList<>();
        child(object, name).fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static JsonNode get(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    private static Failure wrong(String name, String expected) {
        return new Failure(Failure.Code.DATA_LOSS, "\"" + name + "\" is not " + expected);
    }

    private static String firstLine(IOException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse("");
    }
}
