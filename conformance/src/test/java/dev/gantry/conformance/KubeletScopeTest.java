package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.proto.cri.v1.Container;
import dev.gantry.proto.cri.v1.ContainerEventResponse;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.GetEventsRequest;
import dev.gantry.proto.cri.v1.Image;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.ImageStatusRequest;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListImagesRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxMetricsRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxStatsRequest;
import dev.gantry.proto.cri.v1.PodSandbox;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.RemoveImageRequest;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.v1.TagRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A client that does what kubelet does, round after round (it lists all pods, removes those that it
 * does not know, collects every image that its containers do not use), beside pods of the scope
 * {@code local}.
 */
@Tag("root")
@Tag("go")
class KubeletScopeTest extends WithDaemon {
    private static final int ROUNDS = 15;
    private static final String PAUSE = "registry.k8s.io/pause:3.9";
    private static final String UNUSED = "gcr.io/k8s-staging-cri-tools/test-image-1:latest";
    private static final String MINE = "example.com/mine:1";

    private static CriClient kubelet;
    private static CriClient local;

    /** Ids that the kubelet was shown, anywhere. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void connect() {
        kubelet = CriClient.kubelet(daemon.socket());
        local = CriClient.local(daemon.socket());
    }

    @AfterAll
    static void disconnect() {
        local.runtime()
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                .getItemsList()
                .forEach(pod -> Workload.remove(local, pod.getId()));
        kubelet.close();
        local.close();
    }

    private static ImageSpec spec(String name) {
        return ImageSpec.newBuilder().setImage(name).build();
    }

    private static String pull(CriClient client, String name) {
        return client.images()
                .pullImage(PullImageRequest.newBuilder().setImage(spec(name)).build())
                .getImageRef();
    }

    private static boolean here(String image) {
        return kubelet.images()
                .imageStatus(ImageStatusRequest.newBuilder().setImage(spec(image)).build())
                .hasImage();
    }

    private void watchEvents() {
        kubelet.streams()
                .getContainerEvents(
                        GetEventsRequest.getDefaultInstance(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(ContainerEventResponse event) {
                                seen.add(event.getContainerId());
                                seen.add(event.getPodSandboxStatus().getId());
                            }

                            @Override
                            public void onError(Throwable ended) {}

                            @Override
                            public void onCompleted() {}
                        });
    }

    /** One round of kubelet's housekeeping: pods that it does not know, images that none uses. */
    private void keepHouse(Set<String> known) {
        for (PodSandbox pod :
                kubelet.runtime()
                        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                        .getItemsList()) {
            seen.add(pod.getId());
            if (!known.contains(pod.getId())) {
                Workload.remove(kubelet, pod.getId());
            }
        }
        List<Container> containers =
                kubelet.runtime()
                        .listContainers(ListContainersRequest.getDefaultInstance())
                        .getContainersList();
        containers.forEach(c -> seen.addAll(List.of(c.getId(), c.getPodSandboxId())));
        Set<String> used =
                containers.stream().map(Container::getImageId).collect(Collectors.toSet());
        for (Image image :
                kubelet.images()
                        .listImages(ListImagesRequest.getDefaultInstance())
                        .getImagesList()) {
            if (!image.getPinned() && !used.contains(image.getId())) {
                kubelet.images()
                        .removeImage(
                                RemoveImageRequest.newBuilder()
                                        .setImage(spec(image.getId()))
                                        .build());
            }
        }
        lookAtStatistics();
    }

    private void lookAtStatistics() {
        kubelet.runtime()
                .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                .getStatsList()
                .forEach(stats -> seen.add(stats.getAttributes().getId()));
        kubelet.runtime()
                .listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())
                .getStatsList()
                .forEach(stats -> seen.add(stats.getAttributes().getId()));
        kubelet.runtime()
                .listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())
                .getPodMetricsList()
                .forEach(
                        pod -> {
                            seen.add(pod.getPodSandboxId());
                            pod.getContainerMetricsList()
                                    .forEach(metrics -> seen.add(metrics.getContainerId()));
                        });
    }

    @Test
    void nothingOfTheScopeLocalIsSeenOrTouched() throws Exception {
        // Pulled by kubelet, used by people; named by people; nobody's.
        pull(kubelet, Configs.BUSYBOX);
        String named = pull(kubelet, PAUSE);
        local.shelf().tag(TagRequest.newBuilder().setImage(PAUSE).setReference(MINE).build());
        String pulled = pull(local, Configs.NGINX);
        String unused = pull(kubelet, UNUSED);
        List<Workload> people = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            people.add(Workload.run(local, "web" + i, Configs.BUSYBOX));
        }
        List<String> before = people.stream().map(Workload::facts).toList();
        watchEvents();
        Workload known = Workload.run(kubelet, "known", Configs.NGINX);
        Workload stray = Workload.run(kubelet, "stray", Configs.NGINX);
        List<String> hidden = new ArrayList<>();
        people.forEach(work -> hidden.addAll(List.of(work.pod(), work.container())));

        for (int round = 0; round < ROUNDS; round++) {
            keepHouse(Set.of(known.pod()));
            if (round % 5 == 0) {
                Workload passing = Workload.run(local, "passing" + round, Configs.BUSYBOX);
                hidden.addAll(List.of(passing.pod(), passing.container()));
                keepHouse(Set.of(known.pod()));
                passing.remove();
            }
        }

        await(() -> seen.contains(stray.container()), "the events of the stray pod");
        assertThat(seen).contains(known.pod(), known.container(), stray.pod());
        assertThat(seen).doesNotContainAnyElementsOf(hidden);
        assertThat(people.stream().map(Workload::facts)).isEqualTo(before);
        assertThat(known.facts()).startsWith("CONTAINER_RUNNING");
        assertThatThrownBy(stray::facts).hasMessageStartingWith("NOT_FOUND");
        assertThat(here(Configs.BUSYBOX)).isTrue();
        assertThat(here(named)).isTrue();
        assertThat(here(MINE)).isTrue();
        assertThat(here(pulled)).isTrue();
        assertThat(here(unused)).isFalse();

        idsOfTheOtherScopeAreUnknown(people.getFirst());
        peopleDoNotSeeKubelets(known, people);

        // When people no longer need an image, it is kubelet's to collect.
        known.remove();
        people.forEach(Workload::remove);
        for (String name : List.of(MINE, Configs.NGINX)) {
            local.images()
                    .removeImage(RemoveImageRequest.newBuilder().setImage(spec(name)).build());
        }
        keepHouse(Set.of());
        assertThat(
                        kubelet.images()
                                .listImages(ListImagesRequest.getDefaultInstance())
                                .getImagesList())
                .isEmpty();
    }

    private static void unknown(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    private void idsOfTheOtherScopeAreUnknown(Workload work) {
        String id = work.container();
        for (String name : List.of(id, id.substring(0, 12))) {
            unknown(
                    () ->
                            kubelet.runtime()
                                    .containerStatus(
                                            ContainerStatusRequest.newBuilder()
                                                    .setContainerId(name)
                                                    .build()));
            unknown(
                    () ->
                            kubelet.runtime()
                                    .stopContainer(
                                            StopContainerRequest.newBuilder()
                                                    .setContainerId(name)
                                                    .build()));
        }
        unknown(
                () ->
                        kubelet.runtime()
                                .removeContainer(
                                        RemoveContainerRequest.newBuilder()
                                                .setContainerId(id)
                                                .build()));
        unknown(
                () ->
                        kubelet.runtime()
                                .execSync(
                                        ExecSyncRequest.newBuilder()
                                                .setContainerId(id)
                                                .addCmd("true")
                                                .build()));
        unknown(
                () ->
                        kubelet.runtime()
                                .containerStats(
                                        ContainerStatsRequest.newBuilder()
                                                .setContainerId(id)
                                                .build()));
        unknown(
                () ->
                        kubelet.runtime()
                                .podSandboxStatus(
                                        PodSandboxStatusRequest.newBuilder()
                                                .setPodSandboxId(work.pod())
                                                .build()));
        unknown(() -> Workload.remove(kubelet, work.pod()));
        assertThatThrownBy(
                        () ->
                                kubelet.images()
                                        .removeImage(
                                                RemoveImageRequest.newBuilder()
                                                        .setImage(spec(Configs.BUSYBOX))
                                                        .build()))
                .hasMessageStartingWith("FAILED_PRECONDITION")
                .hasMessageContaining("scope local");
        assertThat(work.facts()).startsWith("CONTAINER_RUNNING");
    }

    private void peopleDoNotSeeKubelets(Workload known, List<Workload> people) {
        assertThat(
                        local.runtime()
                                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                                .getItemsList())
                .extracting(PodSandbox::getId)
                .containsExactlyInAnyOrderElementsOf(people.stream().map(Workload::pod).toList());
        assertThat(
                        local.runtime()
                                .listContainers(ListContainersRequest.getDefaultInstance())
                                .getContainersList())
                .extracting(Container::getId)
                .containsExactlyInAnyOrderElementsOf(
                        people.stream().map(Workload::container).toList());
        assertThat(
                        local.runtime()
                                .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                                .getStatsList())
                .extracting(stats -> stats.getAttributes().getId())
                .doesNotContain(known.container());
        unknown(() -> Workload.remove(local, known.pod()));
    }
}
