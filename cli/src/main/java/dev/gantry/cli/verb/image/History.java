package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.v1.HistoryRequest;
import dev.gantry.proto.v1.HistoryStep;
import dev.gantry.proto.v1.ImagesGrpc;
import java.util.List;
import java.util.Map;

/** {@code gantry history}. */
public final class History extends Declaration.Declared {
    private static final String MISSING = "<missing>";
    private static final int SHORT_COMMAND = 45;

    /** The verb. */
    public History() {
        super(
                new Declaration("image history", "Show the history of an image")
                        .aliases("history")
                        .words(Arity.exactly(1), "IMAGE", Completes.IMAGES)
                        .options(
                                Options.of(
                                        Listing.FORMAT,
                                        Option.flag(
                                                        "human",
                                                        'H',
                                                        "Print sizes and dates in human readable format")
                                                .orElse("true"),
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Option.flag("quiet", 'q', "Only show image IDs")))
                        .example(
                                "The steps that made it, the newest first",
                                "gantry history nginx"));
    }

    @Override
    public int run(Call call) {
        List<HistoryStep> steps =
                ImagesGrpc.newBlockingStub(call.daemon().channel())
                        .history(HistoryRequest.newBuilder().setImage(call.args().word(0)).build())
                        .getStepsList();
        boolean whole = call.args().flag("no-trunc");
        if (call.args().flag("quiet")) {
            steps.forEach(step -> call.out().line(id(step, whole)));
            return 0;
        }
        boolean human = call.args().flag("human");
        Listing listing =
                new Listing(
                        List.of(
                                "ID",
                                human ? "CreatedSince" : "CreatedAt",
                                "CreatedBy",
                                "Size",
                                "Comment"),
                        Map.of(
                                "ID", "IMAGE",
                                "CreatedSince", "CREATED",
                                "CreatedAt", "CREATED AT",
                                "CreatedBy", "CREATED BY"));
        steps.forEach(step -> listing.row(row(step, whole, human)));
        listing.print(call.args().value("format"), call.out());
        return 0;
    }

    private static String id(HistoryStep step, boolean whole) {
        if (step.getImageId().isEmpty()) {
            return MISSING;
        }
        return whole ? step.getImageId() : Rows.shortId(step.getImageId());
    }

    private static Fields row(HistoryStep step, boolean whole, boolean human) {
        String by = step.getCreatedBy().replace('\t', ' ');
        if (!whole && by.length() > SHORT_COMMAND) {
            by = by.substring(0, SHORT_COMMAND - 1) + "…";
        }
        return new Fields()
                .with("ID", id(step, whole))
                .with("CreatedSince", Times.ago(step.getCreatedAt()))
                .with("CreatedAt", Times.rfc3339(step.getCreatedAt()))
                .with("CreatedBy", by)
                .with("Size", human ? Sizes.decimal(step.getSize()) : Long.toString(step.getSize()))
                .with("Comment", step.getComment())
                .with("Tags", String.join(",", step.getTagsList()));
    }
}
