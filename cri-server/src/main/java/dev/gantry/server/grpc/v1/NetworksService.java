package dev.gantry.server.grpc.v1;

import dev.gantry.local.LocalContainers;
import dev.gantry.local.LocalEvent;
import dev.gantry.model.Failure;
import dev.gantry.networks.NetworkRequest;
import dev.gantry.networks.Networks;
import dev.gantry.proto.v1.CreateNetworkRequest;
import dev.gantry.proto.v1.CreateNetworkResponse;
import dev.gantry.proto.v1.InspectNetworkRequest;
import dev.gantry.proto.v1.ListNetworksRequest;
import dev.gantry.proto.v1.ListNetworksResponse;
import dev.gantry.proto.v1.Network;
import dev.gantry.proto.v1.NetworksGrpc;
import dev.gantry.proto.v1.PruneNetworksRequest;
import dev.gantry.proto.v1.PruneNetworksResponse;
import dev.gantry.proto.v1.RemoveNetworkRequest;
import dev.gantry.proto.v1.RemoveNetworkResponse;
import dev.gantry.server.grpc.Bindings;
import dev.gantry.server.grpc.Times;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** {@code gantry.v1.Networks}. */
public final class NetworksService implements BindableService {
    private final Networks networks;
    private final LocalContainers containers;

    public NetworksService(Networks networks, LocalContainers containers) {
        this.networks = networks;
        this.containers = containers;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return new Bindings(NetworksGrpc.getServiceDescriptor())
                .unary(NetworksGrpc.getCreateMethod(), this::create)
                .unary(NetworksGrpc.getListMethod(), this::list)
                .unary(NetworksGrpc.getInspectMethod(), this::inspect)
                .unary(NetworksGrpc.getRemoveMethod(), this::remove)
                .unary(NetworksGrpc.getPruneMethod(), this::prune)
                .build();
    }

    private CreateNetworkResponse create(CreateNetworkRequest request) {
        dev.gantry.networks.Network made =
                networks.create(
                        new NetworkRequest(
                                request.getName(),
                                request.getDriver(),
                                request.getPoolsList().stream()
                                        .map(
                                                pool ->
                                                        new NetworkRequest.Pool(
                                                                pool.getSubnet(),
                                                                pool.getGateway(),
                                                                pool.getIpRange()))
                                        .toList(),
                                request.getIpv6(),
                                request.getInternal(),
                                request.getLabelsMap(),
                                request.getOptionsMap()));
        happened("create", made.id(), made.name());
        return CreateNetworkResponse.newBuilder().setId(made.id()).build();
    }

    private ListNetworksResponse list(ListNetworksRequest request) {
        List<Network> all = new ArrayList<>(NetworkView.BUILTIN);
        networks.list().forEach(network -> all.add(NetworkView.network(network)));
        Predicate<Network> wanted =
                Filters.all(
                        request.getFiltersList(),
                        Map.of(
                                "name", v -> n -> n.getName().contains(v),
                                "id", v -> n -> n.getId().startsWith(v),
                                "label", NetworksService::label,
                                "driver", v -> n -> n.getDriver().equals(v),
                                "scope", v -> _ -> v.equals("local"),
                                "type", NetworksService::type,
                                "dangling", v -> n -> dangling(n) == Filters.truth(v)));
        return ListNetworksResponse.newBuilder()
                .addAllNetworks(
                        all.stream()
                                .filter(wanted)
                                .sorted(Comparator.comparing(Network::getName))
                                .toList())
                .build();
    }

    private static Predicate<Network> label(String value) {
        Predicate<Map<String, String>> labels = Filters.label(value);
        return network -> labels.test(network.getLabelsMap());
    }

    private static Predicate<Network> type(String value) {
        return switch (value) {
            case "custom" -> network -> !network.getBuiltin();
            case "builtin" -> Network::getBuiltin;
            default ->
                    throw Failure.invalid(
                            "filter type=%s: there are custom and builtin".formatted(value));
        };
    }

    private boolean dangling(Network network) {
        return !network.getBuiltin() && networks.users(network.getName()).isEmpty();
    }

    private static Optional<Network> builtin(String reference) {
        return NetworkView.BUILTIN.stream()
                .filter(n -> n.getName().equals(reference) || n.getId().equals(reference))
                .findFirst();
    }

    private Network inspect(InspectNetworkRequest request) {
        return builtin(request.getNetwork()).orElseGet(() -> bridge(request.getNetwork()));
    }

    private Network bridge(String reference) {
        dev.gantry.networks.Network network = networks.find(reference);
        Network.Builder out = NetworkView.network(network).toBuilder();
        networks.members(network)
                .forEach(
                        member ->
                                out.putContainers(
                                        member.id(), NetworkView.member(network, member)));
        return out.build();
    }

    private RemoveNetworkResponse remove(RemoveNetworkRequest request) {
        builtin(request.getNetwork())
                .ifPresent(
                        network -> {
                            throw Failure.precondition(
                                    "network %s is always there and cannot be removed"
                                            .formatted(network.getName()));
                        });
        String id = networks.find(request.getNetwork()).id();
        happened("destroy", id, networks.remove(id));
        return RemoveNetworkResponse.getDefaultInstance();
    }

    private PruneNetworksResponse prune(PruneNetworksRequest request) {
        Predicate<Network> wanted =
                Filters.all(
                        request.getFiltersList(),
                        Map.of(
                                "until",
                                v -> {
                                    long before = Times.nanos(Filters.time(v));
                                    return n -> n.getCreatedAt() < before;
                                },
                                "label",
                                NetworksService::label,
                                "label!",
                                v -> label(v).negate()));
        List<String> gone = networks.prune(network -> wanted.test(NetworkView.network(network)));
        gone.forEach(name -> happened("destroy", name, name));
        return PruneNetworksResponse.newBuilder().addAllNames(gone).build();
    }

    private void happened(String action, String id, String name) {
        containers.events().publish(LocalEvent.now("network", action, id, Map.of("name", name)));
    }
}
