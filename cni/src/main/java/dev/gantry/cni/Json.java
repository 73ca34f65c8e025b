package dev.gantry.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** JSON as trees: what a plugin wrote or is to read must pass with fields that we do not know. */
final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Parses a JSON object; INVALID_ARGUMENT says where it is wrong. */
    static ObjectNode object(byte[] text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "not JSON: %s (line %d, column %d)"
                            .formatted(
                                    e.getOriginalMessage(),
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr()),
                    e);
        } catch (NumberFormatException e) {
            // A number that no library can hold, as 1e99999999999.
            throw new Failure(Failure.Code.INVALID_ARGUMENT, "not JSON: " + e.getMessage(), e);
        } catch (IOException e) {
            throw Failure.of("read JSON", e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Failure.invalid("not a JSON object");
    }

    static ObjectNode object(String text) {
        return object(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(JsonNode node) {
        return text(node).getBytes(StandardCharsets.UTF_8);
    }

    static String text(JsonNode node) {
        return node.toString();
    }
}
