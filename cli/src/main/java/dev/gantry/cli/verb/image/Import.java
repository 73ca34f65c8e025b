package dev.gantry.cli.verb.image;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.stream.Transfers;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ImportOptions;
import dev.gantry.proto.v1.ImportRequest;
import java.util.Optional;

/** {@code gantry import}. */
public final class Import extends ImageVerb {
    /** The verb. */
    public Import() {
        super(
                "import",
                "Import the contents from a tarball to create a filesystem image",
                "[OPTIONS] FILE|- [REPOSITORY[:TAG]]",
                new Example(
                        "A root file system as an image",
                        "gantry import -c 'CMD [\"sh\"]' rootfs.tar.gz mine:1"));
    }

    @Override
    public Arity arity() {
        return Arity.between(1, 2);
    }

    @Override
    public Completes completes() {
        return Completes.FILES;
    }

    @Override
    public Options options() {
        return Options.of(
                Option.list("change", 'c', "Apply an instruction of a Dockerfile to the image"),
                Option.text("message", 'm', "Commit message"),
                Option.text("platform", "Platform of the image"));
    }

    @Override
    public int run(Call call) throws InterruptedException {
        String source = call.args().word(0);
        if (source.startsWith("http://") || source.startsWith("https://")) {
            throw new CliFailure(
                    "no address is fetched here: curl -fsSL %s | gantry import -"
                            .formatted(source));
        }
        ImportOptions options =
                ImportOptions.newBuilder()
                        .setReference(call.args().words().size() > 1 ? call.args().word(1) : "")
                        .setMessage(call.args().value("message"))
                        .addAllChanges(call.args().list("change"))
                        .setPlatform(call.args().value("platform"))
                        .build();
        String id =
                Transfers.send(
                                call.daemon().channel(),
                                ImagesGrpc.getImportMethod(),
                                Optional.of(ImportRequest.newBuilder().setOptions(options).build()),
                                source.equals("-") ? Optional.empty() : Optional.of(source),
                                data -> ImportRequest.newBuilder().setData(data).build())
                        .getImageId();
        call.out().line(id);
        return 0;
    }
}
