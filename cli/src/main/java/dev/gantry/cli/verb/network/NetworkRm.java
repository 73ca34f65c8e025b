package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RemoveNetworkRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;

/** {@code gantry network rm}. */
public final class NetworkRm extends NetworkVerb {
    /** The verb. */
    public NetworkRm() {
        super(
                "network rm",
                "Remove one or more networks",
                "[OPTIONS] NETWORK [NETWORK...]",
                new Example("When no container uses it any more", "gantry network rm web"));
    }

    @Override
    public List<String> aliases() {
        return List.of("network remove");
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(1);
    }

    @Override
    public Completes completes() {
        return Completes.NETWORKS;
    }

    @Override
    public Options options() {
        return Options.of(Option.flag("force", 'f', "What is not there is no error"));
    }

    @Override
    public int run(Call call) {
        return call.forEach(
                call.args().words(),
                network -> {
                    try {
                        var _ =
                                networks(call)
                                        .remove(
                                                RemoveNetworkRequest.newBuilder()
                                                        .setNetwork(network)
                                                        .build());
                    } catch (StatusRuntimeException e) {
                        boolean missing = e.getStatus().getCode() == Status.Code.NOT_FOUND;
                        if (!missing || !call.args().flag("force")) {
                            throw e;
                        }
                    }
                    call.out().line(network);
                });
    }
}
