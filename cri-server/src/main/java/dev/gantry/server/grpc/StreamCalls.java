package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.AttachRequest;
import dev.gantry.proto.cri.v1.AttachResponse;
import dev.gantry.proto.cri.v1.ExecRequest;
import dev.gantry.proto.cri.v1.ExecResponse;
import dev.gantry.proto.cri.v1.PortForwardRequest;
import dev.gantry.proto.cri.v1.PortForwardResponse;
import dev.gantry.runtime.StreamOptions;
import dev.gantry.server.streaming.StreamRequest;
import dev.gantry.server.streaming.StreamUrls;

/** The calls that answer with a URL of the streaming server. */
final class StreamCalls {
    private final Engine engine;
    private final Targets targets;
    private final StreamUrls urls;

    StreamCalls(Engine engine, StreamUrls urls) {
        this.engine = engine;
        this.targets = new Targets(engine);
        this.urls = urls;
    }

    ExecResponse exec(ExecRequest q) {
        var options = options(q.getTty(), q.getStdin(), q.getStdout(), q.getStderr());
        String id = running(q.getContainerId(), "run a command in");
        String url = urls.url(new StreamRequest.Exec(id, q.getCmdList(), options));
        return ExecResponse.newBuilder().setUrl(url).build();
    }

    AttachResponse attach(AttachRequest q) {
        var options = options(q.getTty(), q.getStdin(), q.getStdout(), q.getStderr());
        String id = running(q.getContainerId(), "attach to");
        String url = urls.url(new StreamRequest.Attach(id, options));
        return AttachResponse.newBuilder().setUrl(url).build();
    }

    PortForwardResponse portForward(PortForwardRequest q) {
        String id = targets.pod(q.getPodSandboxId());
        if (!engine.pod(id).ready()) {
            throw Failure.precondition(
                    "pod sandbox " + id + " is not ready: nothing in it can be connected to");
        }
        String url = urls.url(new StreamRequest.PortForward(id, q.getPortList()));
        return PortForwardResponse.newBuilder().setUrl(url).build();
    }

    private static StreamOptions options(
            boolean tty, boolean stdin, boolean stdout, boolean stderr) {
        return new StreamOptions(tty, stdin, stdout, stderr).some();
    }

    private String running(String requested, String what) {
        String id = targets.container(requested);
        engine.container(id).state().mustRun(id, what);
        return id;
    }
}
