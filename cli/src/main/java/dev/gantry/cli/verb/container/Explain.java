package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ExplainRequest;
import dev.gantry.proto.v1.ExplainResponse;
import dev.gantry.proto.v1.ExplainedStep;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code gantry explain}. */
public final class Explain extends Declaration.Declared {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[0m";

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
                                        Option.flag("no-trunc", "Don't truncate output").unseen(),
                                        dev.gantry.cli.Globals.SCOPE))
                        .example("Why it does not run", "gantry explain web")
                        .example("A pod of kubelet's", "gantry explain --scope cri 3f2a"));
    }

    @Override
    public int run(Call call) {
        ExplainResponse answer =
                ContainersGrpc.newBlockingStub(call.daemon().channel())
                        .explain(ExplainRequest.newBuilder().setId(call.args().word(0)).build());
        Out out = call.out();
        String name = answer.getName().isEmpty() ? "" : " (" + answer.getName() + ")";
        out.line(Rows.shortId(answer.getId()) + name + ": " + answer.getSummary());
        if (answer.getStepsCount() > 0) {
            out.line("");
        }
        answer.getStepsList().forEach(step -> step(step, out));
        if (answer.getAdviceCount() > 0) {
            out.line("\nWhat to do:");
            answer.getAdviceList().forEach(advice -> out.line("  * " + advice));
        }
        return 0;
    }

    private static void step(ExplainedStep step, Out out) {
        String at = TIME.format(Times.instant(step.getAt()).atZone(ZoneId.systemDefault()));
        String took = step.getTook() == 0 ? "" : " (" + took(step.getTook()) + ")";
        String line =
                "%s  %s%s%s"
                        .formatted(at, step.getFailed() ? "FAILED: " : "", step.getWhat(), took);
        out.line(step.getFailed() && out.colours() ? RED + line + PLAIN : line);
        if (!step.getError().isEmpty()) {
            out.line(" ".repeat(at.length() + 2) + step.getError());
        }
    }

    private static String took(long nanos) {
        double millis = nanos / 1e6;
        return millis < 1000
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1000);
    }
}
