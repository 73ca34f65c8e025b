package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;

/**
 * What a plugin that failed said (section 5 of the specification, "Error").
 *
 * @param code 1 to 99 are the specification's, 100 and above the plugin's own, 0 says nothing
 */
record PluginError(int code, String message) {
    /** "Container unknown or does not exist": nothing is left to clean up. */
    static final int UNKNOWN_CONTAINER = 3;

    private static final int TRY_AGAIN_LATER = 11;
    private static final int LONGEST_QUOTE = 2_000;

    static PluginError of(int exitCode, String stdout, String stderr) {
        String exited =
                exitCode > 128 ? "was ended by signal " + (exitCode - 128) : "exited " + exitCode;
        try {
            ObjectNode error = Json.object(stdout);
            String message = error.path("msg").asText("");
            String details = error.path("details").asText("");
            if (!message.isEmpty() || error.has("code")) {
                String said = details.isEmpty() ? message : message + ": " + details;
                return new PluginError(
                        error.path("code").asInt(0), withStderr(exited + ": " + said, stderr));
            }
        } catch (Failure e) {
            // Not the specification's form: its words are passed on as they are.
        }
        String raw = stdout.strip();
        String said = raw.isEmpty() ? exited : exited + ", saying: " + quote(raw);
        return new PluginError(0, withStderr(said, stderr));
    }

    /** The gRPC-like code that a caller sees. */
    Failure.Code failureCode() {
        return code == TRY_AGAIN_LATER ? Failure.Code.UNAVAILABLE : Failure.Code.INTERNAL;
    }

    /** The plugin's words with its number in the specification, where it gave one. */
    String inWords() {
        return code == 0 ? message : message + " (CNI error " + code + ")";
    }

    static String withStderr(String message, String stderr) {
        return stderr.isEmpty() ? message : message + "; its stderr: " + quote(stderr);
    }

    private static String quote(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
    }
}
