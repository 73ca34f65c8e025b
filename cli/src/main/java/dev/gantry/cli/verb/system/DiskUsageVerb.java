package dev.gantry.cli.verb.system;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.DiskUsage;
import dev.gantry.proto.v1.DiskUsageRequest;
import dev.gantry.proto.v1.DiskUsageResponse;
import dev.gantry.proto.v1.SystemGrpc;
import dev.gantry.proto.v1.VolumeUsage;
import java.util.List;
import java.util.Map;

/** {@code gantry system df}. */
public final class DiskUsageVerb extends Declaration.Declared {
    private static final int PERCENT = 100;

    /** The verb. */
    public DiskUsageVerb() {
        super(
                new Declaration("system df", "Show disk usage")
                        .options(
                                Options.of(
                                        Listing.FORMAT,
                                        Option.flag("verbose", 'v', "Show each volume, too")))
                        .example("What can be freed", "gantry system df")
                        .example("By volume", "gantry system df -v"));
    }

    @Override
    public int run(Call call) {
        DiskUsageResponse answer =
                SystemGrpc.newBlockingStub(call.daemon().channel())
                        .diskUsage(DiskUsageRequest.getDefaultInstance());
        Listing listing =
                new Listing(
                        List.of("Type", "TotalCount", "Active", "Size", "Reclaimable"),
                        Map.of("TotalCount", "TOTAL"));
        listing.row(row("Images", answer.getImages()));
        listing.row(row("Containers", answer.getContainers()));
        listing.row(row("Local Volumes", answer.getVolumes()));
        listing.print(call.args().value("format"), call.out());
        if (call.args().flag("verbose")) {
            call.out().line("\nLocal Volumes space usage:\n");
            volumes(answer.getVolumeUsageList()).print("", call.out());
        }
        return 0;
    }

    private static Listing volumes(List<VolumeUsage> usage) {
        Listing listing =
                new Listing(List.of("Name", "Links", "Size"), Map.of("Name", "VOLUME NAME"));
        usage.forEach(
                volume ->
                        listing.row(
                                new Fields()
                                        .with("Name", volume.getName())
                                        .with("Links", Integer.toString(volume.getUsedBy()))
                                        .with("Size", Sizes.decimal(volume.getBytes()))));
        return listing;
    }

    private static Fields row(String type, DiskUsage usage) {
        String share =
                usage.getBytes() == 0
                        ? ""
                        : " (%d%%)"
                                .formatted(
                                        PERCENT * usage.getReclaimableBytes() / usage.getBytes());
        return new Fields()
                .with("Type", type)
                .with("TotalCount", Integer.toString(usage.getTotal()))
                .with("Active", Integer.toString(usage.getActive()))
                .with("Size", Sizes.decimal(usage.getBytes()))
                .with("Reclaimable", Sizes.decimal(usage.getReclaimableBytes()) + share);
    }
}
