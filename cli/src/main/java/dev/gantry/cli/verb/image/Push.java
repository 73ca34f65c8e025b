package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.credentials.DockerConfig;
import dev.gantry.cli.progress.Bar;
import dev.gantry.cli.progress.Rows;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.PushEvent;
import dev.gantry.proto.v1.PushRequest;
import java.util.Iterator;

/** {@code gantry push}. */
public final class Push extends ImageVerb {
    /** The verb. */
    public Push() {
        super(
                "push",
                "Upload an image to a registry",
                "[OPTIONS] NAME[:TAG]",
                new Example(
                        "To a registry of one's own",
                        "gantry push registry.example.org/team/web:1.2"));
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("all-tags", 'a', "Not supported").unseen(),
                Option.flag("quiet", 'q', "Suppress verbose output"),
                Option.flag(
                        "referrers",
                        "Also push signatures and attestations that were pulled with it"),
                Option.flag("disable-content-trust", "Does nothing").orElse("true").unseen());
    }

    @Override
    public int run(Call call) {
        if (call.args().flag("all-tags")) {
            throw new UsageError("--all-tags is not supported: push each tag by its name");
        }
        String name = call.args().word(0);
        boolean quiet = call.args().flag("quiet");
        PushRequest request =
                PushRequest.newBuilder()
                        .setReference(name)
                        .setReferrers(call.args().flag("referrers"))
                        .setCredentials(DockerConfig.of(call.places()).forImage(name))
                        .build();
        Rows rows = Rows.of(call.out());
        String digest = "";
        Iterator<PushEvent> events = images(call).push(request);
        while (events.hasNext()) {
            PushEvent event = events.next();
            switch (event.getEventCase()) {
                case BLOB -> {
                    if (!quiet) {
                        show(rows, event.getBlob());
                    }
                }
                case DONE -> digest = event.getDone().getDigest();
                case EVENT_NOT_SET -> {}
            }
        }
        rows.end();
        call.out().line(quiet ? name : name + ": digest: " + digest);
        return 0;
    }

    private static void show(Rows rows, PushEvent.BlobProgress blob) {
        String name = Ids.brief(blob.getDigest());
        switch (blob.getState()) {
            case STATE_UNSPECIFIED, UNRECOGNIZED, WAITING -> rows.waiting(name, "Waiting");
            case SENDING ->
                    rows.moving(name, "Pushing", new Bar(blob.getSentBytes(), blob.getSize()));
            case SENT -> rows.settled(name, "Pushed");
            case EXISTS -> rows.settled(name, "Layer already exists");
            case MOUNTED -> rows.settled(name, "Mounted from another repository");
        }
    }
}
