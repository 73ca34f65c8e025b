package dev.gantry.cli.verb.image;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.stream.Transfers;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.LoadedImage;
import java.util.Optional;

/** {@code gantry load}. */
public final class Load extends ImageVerb {
    /** The verb. */
    public Load() {
        super(
                "load",
                "Load images from a tar archive or STDIN",
                "[OPTIONS]",
                new Example("From a file", "gantry load -i web.tar"));
    }

    @Override
    public Arity arity() {
        return Arity.NONE;
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("input", 'i', "Read from a tar archive file, instead of STDIN")
                        .completing(Completes.FILES),
                Option.flag("quiet", 'q', "Suppress the load output"));
    }

    @Override
    public int run(Call call) throws InterruptedException {
        Optional<String> file = call.args().text("input");
        if (file.isEmpty() && Out.isTerminal(0)) {
            throw new CliFailure(
                    "requested load from stdin, but stdin is a terminal; name a file with -i");
        }
        LoadResponse loaded =
                Transfers.send(
                        call.daemon().channel(),
                        ImagesGrpc.getLoadMethod(),
                        Optional.empty(),
                        file,
                        data -> LoadRequest.newBuilder().setData(data).build());
        for (LoadedImage image : loaded.getImagesList()) {
            image.getReferencesList().forEach(name -> call.out().line("Loaded image: " + name));
            if (image.getReferencesCount() == 0) {
                call.out().line("Loaded image ID: " + image.getImageId());
            }
        }
        return 0;
    }
}
