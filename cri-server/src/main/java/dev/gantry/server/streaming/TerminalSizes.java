package dev.gantry.server.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * Reads remotecommand's resize stream: JSON objects one after another, {@code
 * {"Width":80,"Height":24}}, their keys in any case.
 */
final class TerminalSizes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MOST = 65535;

    /** A terminal's size. */
    record Size(int rows, int columns) {}

    private final InputStream in;

    TerminalSizes(InputStream in) {
        this.in = in;
    }

    /**
     * The next size; empty at the end of the stream. Sizes that no terminal has are passed over. An
     * IOException for what is not a size at all.
     */
    Optional<Size> next() throws IOException {
        for (Optional<byte[]> object = object(); object.isPresent(); object = object()) {
            JsonNode node = parse(object.get());
            int columns = number(node, "width");
            int rows = number(node, "height");
            if (rows > 0 && columns > 0 && rows <= MOST && columns <= MOST) {
                return Optional.of(new Size(rows, columns));
            }
        }
        return Optional.empty();
    }

    private static JsonNode parse(byte[] object) throws IOException {
        try {
            return JSON.readTree(object);
        } catch (JsonProcessingException e) {
            throw new IOException("not a terminal size: " + e.getOriginalMessage(), e);
        }
    }

    private static int number(JsonNode node, String name) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue().canConvertToInt() ? field.getValue().intValue() : 0;
            }
        }
        return 0;
    }

    /** Up to the closing brace; sizes have no nested ones. */
    private Optional<byte[]> object() throws IOException {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (object.size() == 0 && Character.isWhitespace(b)) {
                continue;
            }
            object.write(b);
            if (b == '}') {
                return Optional.of(object.toByteArray());
            }
            if (object.size() >= Limits.TERMINAL_SIZE) {
                throw new IOException(
                        "a terminal size is longer than %d bytes".formatted(Limits.TERMINAL_SIZE));
            }
        }
        if (object.size() > 0) {
            throw new IOException("a terminal size is cut off");
        }
        return Optional.empty();
    }
}
