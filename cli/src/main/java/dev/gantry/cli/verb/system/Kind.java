package dev.gantry.cli.verb.system;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.container.ContainerJson;
import dev.gantry.cli.verb.image.ImageJson;
import dev.gantry.cli.verb.network.NetworkJson;
import dev.gantry.cli.verb.pod.PodJson;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.InspectImageRequest;
import dev.gantry.proto.v1.InspectNetworkRequest;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.InspectVolumeRequest;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.VolumesGrpc;

/** The kinds of things that can be inspected, in the order in which a name is looked for. */
enum Kind {
    CONTAINER("container", "containers", Completes.CONTAINERS),
    IMAGE("image", "images", Completes.IMAGES),
    NETWORK("network", "networks", Completes.NETWORKS),
    VOLUME("volume", "volumes", Completes.VOLUMES),
    POD("pod", "kubelet's pods", Completes.PODS);

    final String word;
    final String many;
    final Completes completes;

    Kind(String word, String many, Completes completes) {
        this.word = word;
        this.many = many;
        this.completes = completes;
    }

    Fields inspect(Connection daemon, String name, boolean size) {
        return switch (this) {
            case CONTAINER ->
                    ContainerJson.of(
                            ContainersGrpc.newBlockingStub(daemon.channel())
                                    .inspect(
                                            InspectRequest.newBuilder()
                                                    .setContainer(name)
                                                    .setSize(size)
                                                    .build()));
            case IMAGE ->
                    ImageJson.of(
                            ImagesGrpc.newBlockingStub(daemon.channel())
                                    .inspect(
                                            InspectImageRequest.newBuilder()
                                                    .setImage(name)
                                                    .build()));
            case NETWORK ->
                    NetworkJson.of(
                            NetworksGrpc.newBlockingStub(daemon.channel())
                                    .inspect(
                                            InspectNetworkRequest.newBuilder()
                                                    .setNetwork(name)
                                                    .build()));
            case VOLUME ->
                    NetworkJson.of(
                            VolumesGrpc.newBlockingStub(daemon.channel())
                                    .inspect(
                                            InspectVolumeRequest.newBuilder()
                                                    .setName(name)
                                                    .build()));
            case POD -> PodJson.of(daemon, name);
        };
    }
}
