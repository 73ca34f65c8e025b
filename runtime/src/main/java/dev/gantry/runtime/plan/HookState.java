package dev.gantry.runtime.plan;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciJson;
import dev.gantry.runtime.oci.OciSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What hooks are told of their container (OCI runtime, State), and the steps that run them. */
public record HookState(String id, Path bundle, Map<String, String> annotations) {
    /** For a hook that names no timeout: less than what the shim may take for a whole start. */
    public static final int SECONDS = 20;

    public HookState {
        annotations = Map.copyOf(annotations);
    }

    @JsonPropertyOrder({"ociVersion", "id", "status", "pid", "bundle", "annotations"})
    private record State(
            String ociVersion,
            String id,
            String status,
            long pid,
            String bundle,
            Map<String, String> annotations) {}

    /** The state as JSON, for a status of OCI's. */
    public byte[] json(String status, long pid) {
        return OciJson.write(
                new State(OciSpec.VERSION, id, status, pid, bundle.toString(), annotations));
    }

    /** The steps for hooks of one kind. */
    List<LaunchStep> steps(List<OciHooks.Hook> hooks, String status, boolean here) {
        String marked = new String(json(status, MARK), StandardCharsets.UTF_8);
        int at = marked.indexOf(PID);
        int end = at + PID.length();
        String before = marked.substring(0, end - MARK_DIGITS);
        var steps = new ArrayList<LaunchStep>();
        for (OciHooks.Hook hook : hooks) {
            steps.add(
                    new LaunchStep.Hook(
                            here,
                            Path.of(hook.path()),
                            hook.args().isEmpty() ? List.of(hook.path()) : hook.args(),
                            hook.env(),
                            hook.timeout().orElse(SECONDS),
                            before,
                            marked.substring(end)));
        }
        return steps;
    }

    // The first member of that name is the state's own: id and status are words without quotes.
    private static final long MARK = 7_777_777_777L;
    private static final int MARK_DIGITS = 10;
    private static final String PID = "\"pid\":" + MARK;
}
