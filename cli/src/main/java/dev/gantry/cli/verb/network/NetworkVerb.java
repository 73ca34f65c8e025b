package dev.gantry.cli.verb.network;

import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.DescribedVerb;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.NetworksGrpc.NetworksBlockingStub;
import dev.gantry.proto.v1.VolumesGrpc;
import dev.gantry.proto.v1.VolumesGrpc.VolumesBlockingStub;

/** A verb of the groups network and volume that changes something. */
abstract class NetworkVerb extends DescribedVerb {
    NetworkVerb(String path, String summary, String usage, Example example) {
        super(path, summary, usage, example);
    }

    static NetworksBlockingStub networks(Call call) {
        return NetworksGrpc.newBlockingStub(call.daemon().channel());
    }

    static VolumesBlockingStub volumes(Call call) {
        return VolumesGrpc.newBlockingStub(call.daemon().channel());
    }
}
