package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.stream.Transfers;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ArchiveFormat;
import dev.gantry.proto.v1.SaveRequest;
import dev.gantry.proto.v1.SaveResponse;
import java.util.Iterator;
import java.util.Optional;

/** {@code gantry save}. */
public final class Save extends ImageVerb {
    /** The verb. */
    public Save() {
        super(
                "save",
                "Save one or more images to a tar archive (streamed to STDOUT by default)",
                "[OPTIONS] IMAGE [IMAGE...]",
                new Example("To another machine", "gantry save web:1.2 | ssh other gantry load"));
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("output", 'o', "Write to a file, instead of STDOUT")
                        .completing(Completes.FILES),
                Option.text("format", "Format of the archive")
                        .orElse("docker-archive")
                        .oneOf("docker-archive", "oci-archive"));
    }

    @Override
    public int run(Call call) {
        ArchiveFormat format =
                switch (call.args().value("format")) {
                    case "docker-archive" -> ArchiveFormat.ARCHIVE_FORMAT_DOCKER;
                    case "oci-archive" -> ArchiveFormat.ARCHIVE_FORMAT_OCI;
                    default ->
                            throw new UsageError(
                                    "--format: there are docker-archive and oci-archive");
                };
        Optional<String> file = call.args().text("output");
        Iterator<SaveResponse> pieces =
                images(call)
                        .save(
                                SaveRequest.newBuilder()
                                        .addAllImages(call.args().words())
                                        .setFormat(format)
                                        .build());
        Transfers.write(call.out(), file, pieces, SaveResponse::getData);
        return 0;
    }
}
