package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.progress.Rows;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import java.util.Optional;

/** {@code gantry pull}. */
public final class Pull extends ImageVerb {
    /** The verb. */
    public Pull() {
        super(
                "pull",
                "Download an image from a registry",
                "[OPTIONS] NAME[:TAG|@DIGEST]",
                new Example(
                        "For another architecture",
                        "gantry pull --platform linux/arm64 debian:12"));
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("all-tags", 'a', "Not supported").unseen(),
                Option.flag("quiet", 'q', "Suppress verbose output"),
                Option.text("platform", "Platform of the image: linux/arm64"),
                Option.flag("disable-content-trust", "Does nothing").orElse("true").unseen());
    }

    @Override
    public int run(Call call) {
        if (call.args().flag("all-tags")) {
            throw new UsageError(
                    "--all-tags is not supported: name each tag, so that nothing large comes unawares");
        }
        String name = call.args().word(0);
        boolean quiet = call.args().flag("quiet");
        String last = name.substring(name.lastIndexOf('/') + 1);
        String full = last.contains(":") || last.contains("@") ? name : name + ":latest";
        if (!full.equals(name) && !quiet) {
            call.out().line("Using default tag: latest");
            call.out().flush();
        }
        Rows rows = Rows.of(call.out());
        Pulling.Pulled pulled =
                Pulling.pull(
                        call,
                        full,
                        call.args().value("platform"),
                        quiet ? Optional.empty() : Optional.of(rows));
        if (!quiet) {
            call.out().line("Digest: " + pulled.manifestDigest());
            call.out().line("Status: " + full + " is here as " + Ids.brief(pulled.imageId()));
        }
        call.out().line(full);
        return 0;
    }
}
