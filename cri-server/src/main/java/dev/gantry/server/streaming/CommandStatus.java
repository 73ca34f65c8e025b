package dev.gantry.server.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a command or an attachment ended, in the words of remotecommand's error stream. */
sealed interface CommandStatus {
    ObjectMapper JSON = new ObjectMapper();

    /** It ended with 0, or was attached to until its end. */
    record Success() implements CommandStatus {}

    /** It ended with another code. */
    record Exit(int code) implements CommandStatus {}

    /** It could not be run, or its end is not known. */
    record Failed(String message) implements CommandStatus {}

    static CommandStatus of(int code) {
        return code == 0 ? new Success() : new Exit(code);
    }

    /** The message for people; empty for success. Before version 4 of the protocol it is all. */
    default String text() {
        return switch (this) {
            case Success _ -> "";
            case Exit exit -> "command terminated with non-zero exit code: exit code " + exit.code;
            case Failed failed -> failed.message;
        };
    }

    /** A {@code metav1.Status}, as version 4 wants it. */
    default String json() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("metadata", Map.of());
        switch (this) {
            case Success _ -> status.put("status", "Success");
            case Exit exit -> {
                status.put("status", "Failure");
                status.put("message", text());
                status.put("reason", "NonZeroExitCode");
                Map<String, String> cause =
                        Map.of("reason", "ExitCode", "message", Integer.toString(exit.code));
                status.put("details", Map.of("causes", List.of(cause)));
            }
            case Failed failed -> {
                status.put("status", "Failure");
                status.put("message", failed.message);
                status.put("reason", "InternalError");
                Map<String, String> cause = Map.of("message", failed.message);
                status.put("details", Map.of("causes", List.of(cause)));
                status.put("code", 500);
            }
        }
        try {
            return JSON.writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw Failure.of("write a command's status", e);
        }
    }
}
