package dev.gantry.cli.verb.network;

import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.NetworksGrpc.NetworksBlockingStub;
import dev.gantry.proto.v1.VolumesGrpc;
import dev.gantry.proto.v1.VolumesGrpc.VolumesBlockingStub;
import java.util.List;

/** A verb of the groups network and volume that changes something. */
abstract class NetworkVerb implements Verb {
    private final String path;
    private final String summary;
    private final String usage;
    private final Example example;

    NetworkVerb(String path, String summary, String usage, Example example) {
        this.path = path;
        this.summary = summary;
        this.usage = usage;
        this.example = example;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String usage() {
        return usage;
    }

    @Override
    public List<Example> examples() {
        return List.of(example);
    }

    @Override
    public Arity arity() {
        return Arity.NONE;
    }

    static NetworksBlockingStub networks(Call call) {
        return NetworksGrpc.newBlockingStub(call.daemon().channel());
    }

    static VolumesBlockingStub volumes(Call call) {
        return VolumesGrpc.newBlockingStub(call.daemon().channel());
    }
}
