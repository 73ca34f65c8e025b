package dev.gantry.cli.verb.container;

import dev.gantry.cli.Globals;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ExplainRequest;
import dev.gantry.proto.v1.ExplainResponse;
import dev.gantry.proto.v1.ExplainedStep;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/** {@code gantry explain}. */
public final class Explain extends Declaration.Declared {
    private static final Option FORMAT =
            Option.text("format", 'f', "Format output: \"json\" or a Go template").oneOf("json");

    /** The verb. */
    public Explain() {
        super(
                new Declaration(
                                "explain",
                                "Tell in plain words what happened to a container or a pod")
                        .aliases("container explain")
                        .words(Arity.exactly(1), "CONTAINER|POD", Completes.CONTAINERS)
                        .options(
                                Options.of(
                                        FORMAT,
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Globals.SCOPE))
                        .example("Why it does not run", "gantry explain web")
                        .example(
                                "A pod of kubelet's, by its name", "gantry explain kube-system/dns")
                        .example("One whose start failed, and which is gone", "gantry explain 3f2a")
                        .example(
                                "What failed, for a program",
                                "gantry explain web --format '{{range .Steps}}{{if .Failed}}{{.What}}: {{.Errno}}{{end}}{{end}}'"));
    }

    @Override
    public int run(Call call) {
        ExplainResponse answer = ask(call);
        String format = call.args().value("format");
        if (format.isEmpty()) {
            new ExplainText(call.out(), call.args().flag("no-trunc")).print(answer);
        } else {
            call.out()
                    .line(
                            format.equals("json")
                                    ? Json.compact(fields(answer))
                                    : Listing.apply(Listing.parse(format), fields(answer)));
        }
        return 0;
    }

    /** Who names no scope means anybody: people's first, then kubelet's. */
    private static ExplainResponse ask(Call call) {
        Connection daemon = call.daemon();
        boolean any =
                daemon.scope().equals(Connection.ALL)
                        || (daemon.scope().equals(Connection.LOCAL)
                                && !call.args().given(Globals.SCOPE.name()));
        ExplainRequest request = ExplainRequest.newBuilder().setId(call.args().word(0)).build();
        try {
            return ContainersGrpc.newBlockingStub(daemon.channel()).explain(request);
        } catch (StatusRuntimeException e) {
            if (!any || e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
            return ContainersGrpc.newBlockingStub(daemon.channel(Connection.CRI)).explain(request);
        }
    }

    private static Fields fields(ExplainResponse answer) {
        return new Fields()
                .with("Kind", answer.getKind())
                .with("Scope", answer.getScope())
                .with("ID", answer.getId())
                .with("Name", answer.getName())
                .with("Summary", answer.getSummary())
                .with("Steps", answer.getStepsList().stream().map(Explain::fields).toList())
                .with("Advice", List.copyOf(answer.getAdviceList()));
    }

    private static Fields fields(ExplainedStep step) {
        return new Fields()
                .with("At", Times.rfc3339(step.getAt()))
                .with("Took", step.getTook())
                .with("Container", step.getContainer())
                .with("What", step.getWhat())
                .with("Reached", step.getReached())
                .with("Failed", step.getFailed())
                .with("Error", step.getError())
                .with("Path", step.getPath())
                .with("Errno", step.getErrno())
                .with("ErrnoNumber", step.getErrnoNumber());
    }
}
