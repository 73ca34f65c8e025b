package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a refusing answer into a Failure: which host, what was asked, the status, and the error
 * code and message of its body (OCI distribution specification, "Error Codes"), bounded and without
 * control characters.
 */
final class RegistryErrors {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_BODY = 8 << 10;
    private static final int MAX_TEXT = 300;
    private static final int MAX_ERRORS = 3;

    private RegistryErrors() {}

    /**
     * Reads the answer's body.
     *
     * @param as who was asked for it, in words; see {@link Identity#words}
     */
    static Failure of(String what, Response response, String as) {
        String from =
                response.redirected()
                        ? " (redirected to " + Transport.withoutQuery(response.uri()) + ")"
                        : "";
        String said = body(response);
        return new Failure(
                code(response.status()),
                "%s%s (%s) answered %d%s%s"
                        .formatted(
                                what,
                                from,
                                as,
                                response.status(),
                                said.isEmpty() ? "" : ": " + said,
                                hint(response)),
                RegistryAnswer.of(response.status(), response.header("retry-after"), Instant.now())
                        .asCause());
    }

    static Failure.Code code(int status) {
        return switch (status) {
            case 401 -> Failure.Code.UNAUTHENTICATED;
            case 403 -> Failure.Code.PERMISSION_DENIED;
            case 404, 410 -> Failure.Code.NOT_FOUND;
            case 408, 504 -> Failure.Code.DEADLINE_EXCEEDED;
            case 429 -> Failure.Code.RESOURCE_EXHAUSTED;
            default -> status >= 500 ? Failure.Code.UNAVAILABLE : Failure.Code.UNKNOWN;
        };
    }

    private static String hint(Response response) {
        if (response.status() != 429 && response.status() != 503) {
            return "";
        }
        String after = clean(response.header("retry-after"));
        return after.isEmpty() ? "" : " (retry after " + after + ")";
    }

    private static String body(Response response) {
        byte[] body;
        try {
            body = response.bytes(MAX_BODY);
        } catch (IOException e) {
            return "";
        }
        if (body.length == 0 || body.length > MAX_BODY || body[0] != '{') {
            return "";
        }
        try {
            return errors(MAPPER.readTree(body));
        } catch (IOException e) {
            return "";
        }
    }

    private static String errors(JsonNode root) {
        List<String> texts = new ArrayList<>();
        for (JsonNode error : root.path("errors")) {
            if (texts.size() < MAX_ERRORS) {
                texts.add(join(error.path("code").asText(), error.path("message").asText()));
            }
        }
        if (texts.isEmpty()) {
            // Token servers: {"details": …}, or OAuth 2's {"error": …, "error_description": …}.
            String text =
                    join(root.path("error").asText(), root.path("error_description").asText());
            texts.add(text.isEmpty() ? root.path("details").asText() : text);
        }
        return clean(String.join("; ", texts));
    }

    private static String join(String code, String message) {
        return code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message;
    }

    /** Bounded and without control characters. */
    static String clean(String text) {
        String printable = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return printable.length() > MAX_TEXT ? printable.substring(0, MAX_TEXT) + "…" : printable;
    }
}
