package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Filters;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.v1.ListVolumesRequest;
import dev.gantry.proto.v1.Volume;
import dev.gantry.proto.v1.VolumesGrpc;
import java.util.List;
import java.util.Map;

/** {@code gantry volume ls}. */
public final class VolumeLs extends Declaration.Declared {
    /** The verb. */
    public VolumeLs() {
        super(
                new Declaration("volume ls", "List volumes")
                        .aliases("volume list")
                        .options(
                                Options.of(
                                        Filters.OPTION,
                                        Listing.FORMAT,
                                        Option.flag("quiet", 'q', "Only display volume names")))
                        .example("All volumes", "gantry volume ls")
                        .example("Those that nothing uses", "gantry volume ls -f dangling=true"));
    }

    @Override
    public int run(Call call) {
        List<Volume> volumes =
                VolumesGrpc.newBlockingStub(call.daemon().channel())
                        .list(
                                ListVolumesRequest.newBuilder()
                                        .addAllFilters(Filters.of(call))
                                        .build())
                        .getVolumesList();
        String format = call.args().value("format");
        if (call.args().flag("quiet") && format.isEmpty()) {
            volumes.forEach(volume -> call.out().line(volume.getName()));
            return 0;
        }
        Listing listing = new Listing(List.of("Driver", "Name"), Map.of("Name", "VOLUME NAME"));
        for (Volume volume : volumes) {
            listing.row(
                    new Fields()
                            .with("Driver", volume.getDriver())
                            .with("Name", volume.getName())
                            .with("Scope", "local")
                            .with("Mountpoint", volume.getMountpoint())
                            .with("Labels", Rows.labels(volume.getLabelsMap()))
                            .with("Links", Integer.toString(volume.getUsedByCount())));
        }
        listing.print(format, call.out());
        return 0;
    }
}
