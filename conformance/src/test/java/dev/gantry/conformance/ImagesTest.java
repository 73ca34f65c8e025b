package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gantry.proto.v1.ArchiveFormat;
import dev.gantry.proto.v1.CheckEvent;
import dev.gantry.proto.v1.CheckRequest;
import dev.gantry.proto.v1.Credentials;
import dev.gantry.proto.v1.LayerProgress;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.PinRequest;
import dev.gantry.proto.v1.PullEvent;
import dev.gantry.proto.v1.PullRequest;
import dev.gantry.proto.v1.PushEvent;
import dev.gantry.proto.v1.PushRequest;
import dev.gantry.proto.v1.RemoveImageRequest;
import dev.gantry.proto.v1.SaveRequest;
import dev.gantry.proto.v1.TagRequest;
import dev.gantry.proto.v1.UsageRequest;
import dev.gantry.proto.v1.UsageResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code gantry.v1.Images} of a real daemon, with real registries, skopeo and crictl around it. */
@Tag("root")
@Tag("go")
class ImagesTest extends WithDaemon {
    private static final String BIG = Registries.SLOW + "/team/big:1";
    private static final String PAUSE = Registries.OPEN + "/pause:3.9";
    private static final String NEVER_PULLED = Registries.OPEN + "/e2e-test-images/busybox:1.29-2";
    private static final int BIG_BYTES = 40 << 20;

    private static Registries registries;
    private static ImagesClient client;

    @BeforeAll
    static void startRegistries() throws Exception {
        registries = Registries.start(host);
        client = ImagesClient.connect(daemon.socket());
        Command.run(
                        host.inside(
                                "bash",
                                "-euc",
                                """
                                . "$1/scripts/lib/oci-image.sh"
                                mkdir -p "$2/small" "$2/big"
                                echo content > "$2/small/file"
                                head -c %d /dev/urandom > "$2/big/data"
                                layer_of "$2/small" "$2/small.tgz"
                                layer_of "$2/big" "$2/big.tgz"
                                push_image http://%s team/big 1 '{}' "$2/small.tgz" "$2/big.tgz"
                                """
                                        .formatted(BIG_BYTES, Registries.OPEN),
                                "big-image",
                                Places.project().toString(),
                                host.work().resolve("big").toString()))
                .orFail();
    }

    @AfterAll
    static void stopRegistries() {
        client.close();
        registries.close();
    }

    private static dev.gantry.proto.v1.ImagesGrpc.ImagesBlockingStub calls() {
        return client.calls().withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    private static PullRequest request(String reference) {
        return PullRequest.newBuilder().setReference(reference).build();
    }

    private static List<PullEvent> pull(String reference) {
        List<PullEvent> events = new ArrayList<>();
        calls().pull(request(reference)).forEachRemaining(events::add);
        return events;
    }

    private static String pulled(String reference) {
        return pull(reference).getLast().getDone().getImageId();
    }

    private static void forget(String reference) {
        if (!ok("images", "-q", reference).isEmpty()) {
            calls().remove(RemoveImageRequest.newBuilder().setImage(reference).build());
        }
        assertThat(ok("images", "-q", reference)).isEmpty();
    }

    private static String digestOf(String reference) {
        return Command.run(
                        host.inside(
                                "skopeo",
                                "inspect",
                                "--tls-verify=false",
                                "--format",
                                "{{.Digest}}",
                                "docker://" + reference))
                .orFail()
                .line();
    }

    private static Path root() {
        return daemon.folder().resolve("root");
    }

    private static List<Path> below(String directory) {
        try (Stream<Path> files = Files.list(root().resolve(directory))) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<LayerProgress> ofLayer(List<PullEvent> events, int index) {
        return events.stream()
                .filter(PullEvent::hasLayer)
                .map(PullEvent::getLayer)
                .filter(layer -> layer.getIndex() == index)
                .toList();
    }

    @Test
    void aPullTellsWhatComesAndHowFarItIs() {
        forget(BIG);
        List<PullEvent> events = pull(BIG);
        PullEvent.Resolved resolved = events.getFirst().getResolved();
        assertThat(resolved.getManifestDigest())
                .isEqualTo(digestOf(Registries.OPEN + "/team/big:1"));
        assertThat(resolved.getLayersList()).hasSize(2);
        assertThat(resolved.getLayers(1).getSize()).isGreaterThan(BIG_BYTES);
        for (int i = 0; i < 2; i++) {
            List<LayerProgress> layer = ofLayer(events, i);
            assertThat(layer)
                    .extracting(LayerProgress::getFetchedBytes)
                    .isSorted()
                    .last()
                    .isEqualTo(resolved.getLayers(i).getSize());
            assertThat(layer.getLast().getUnpackedBytes())
                    .isEqualTo(resolved.getLayers(i).getSize());
            assertThat(layer.getLast().getState()).isEqualTo(LayerProgress.State.DONE);
            assertThat(layer.getLast().getDigest()).isEqualTo(resolved.getLayers(i).getDigest());
        }
        assertThat(ofLayer(events, 1).stream().mapToLong(LayerProgress::getFetchedBytes).distinct())
                .hasSizeGreaterThan(3);
        assertThat(events.getLast().getDone().getImageId())
                .isEqualTo(ok("images", "-q", "--no-trunc", BIG));
        assertThat(below("content/partial")).isEmpty();
    }

    @Test
    void whoeverPullsWhatIsBeingPulledJoins() throws Exception {
        forget(BIG);
        CompletableFuture<PullEvent> moving = new CompletableFuture<>();
        CompletableFuture<PullEvent> last = new CompletableFuture<>();
        client.streams().pull(request(BIG), new Watching(moving, last));
        moving.get(60, TimeUnit.SECONDS);
        List<PullEvent> joined = pull(BIG);
        assertThat(joined.getFirst().hasResolved()).isTrue();
        LayerProgress first = ofLayer(joined, 1).getFirst();
        assertThat(first.getFetchedBytes()).isPositive();
        assertThat(first.getResumedBytes()).isZero();
        assertThat(last.get(60, TimeUnit.SECONDS)).isEqualTo(joined.getLast());
        assertThat(joined.getLast().hasDone()).isTrue();
    }

    /** Says when bytes of the big layer have come, and what was said last. */
    private record Watching(CompletableFuture<PullEvent> moving, CompletableFuture<PullEvent> last)
            implements StreamObserver<PullEvent> {
        @Override
        public void onNext(PullEvent event) {
            if (moves(event)) {
                moving.complete(event);
            }
            if (event.hasDone()) {
                last.complete(event);
            }
        }

        @Override
        public void onError(Throwable e) {
            moving.completeExceptionally(e);
            last.completeExceptionally(e);
        }

        @Override
        public void onCompleted() {
            moving.completeExceptionally(new AssertionError("nothing moved"));
            last.completeExceptionally(new AssertionError("no last word"));
        }
    }

    private static boolean moves(PullEvent event) {
        return event.hasLayer()
                && event.getLayer().getIndex() == 1
                && event.getLayer().getFetchedBytes() > 2 << 20;
    }

    @Test
    void aPullEndsWithItsCallerAndTheNextGoesOn() throws Exception {
        forget(BIG);
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            Iterator<PullEvent> events = context.call(() -> calls().pull(request(BIG)));
            while (!moves(events.next())) {
                assertThat(events.hasNext()).isTrue();
            }
            context.cancel(null);
        }
        await(() -> below("tmp").isEmpty(), "the end of the unpacking");
        assertThat(ok("images", "-q", BIG)).isEmpty();
        assertThat(below("content/partial")).isNotEmpty();
        LayerProgress big = ofLayer(pull(BIG), 1).getLast();
        assertThat(big.getResumedBytes()).isGreaterThan(1 << 20);
        assertThat(big.getState()).isEqualTo(LayerProgress.State.DONE);
        assertThat(below("content/partial")).isEmpty();
    }

    /** How each blob ended; the manifest, which names them, is sent each time. */
    private static Map<String, PushEvent.State> push(String reference) {
        Map<String, PushEvent.State> states = new LinkedHashMap<>();
        List<PushEvent> events = new ArrayList<>();
        calls().push(PushRequest.newBuilder().setReference(reference).build())
                .forEachRemaining(events::add);
        for (PushEvent event : events) {
            if (event.hasBlob()) {
                states.put(event.getBlob().getDigest(), event.getBlob().getState());
            }
        }
        String manifest = events.getLast().getDone().getDigest();
        assertThat(manifest).isEqualTo(digestOf(reference));
        assertThat(states.remove(manifest)).isEqualTo(PushEvent.State.SENT);
        return states;
    }

    private static void tag(String image, String as) {
        calls().tag(TagRequest.newBuilder().setImage(image).setReference(as).build());
    }

    @Test
    void aPushSendsWhatIsNotThere() throws Exception {
        String reference = Registries.OPEN + "/pushed/app:1";
        Path archive = host.work().resolve("pushed.tar");
        skopeo("docker://" + NEVER_PULLED, "docker-archive:" + archive + ":" + reference);
        assertThat(load(archive).getImages(0).getReferencesList()).containsExactly(reference);
        assertThat(push(reference).values()).containsOnly(PushEvent.State.SENT);
        assertThat(push(reference).values()).containsOnly(PushEvent.State.EXISTS);
        String elsewhere = Registries.OPEN + "/elsewhere/app:2";
        tag(reference, elsewhere);
        assertThat(push(elsewhere).values()).containsOnly(PushEvent.State.MOUNTED);
    }

    private static void skopeo(String from, String to) {
        Command.run(
                        host.inside(
                                "skopeo",
                                "copy",
                                "--insecure-policy",
                                "--src-tls-verify=false",
                                "--dest-tls-verify=false",
                                from,
                                to))
                .orFail();
    }

    private static LoadResponse load(Path archive) throws Exception {
        try (InputStream in = Files.newInputStream(archive)) {
            return load(in);
        }
    }

    private static LoadResponse load(InputStream in) throws Exception {
        CompletableFuture<LoadResponse> answer = new CompletableFuture<>();
        StreamObserver<LoadRequest> out =
                client.streams()
                        .withDeadlineAfter(120, TimeUnit.SECONDS)
                        .load(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(LoadResponse response) {
                                        answer.complete(response);
                                    }

                                    @Override
                                    public void onError(Throwable e) {
                                        answer.completeExceptionally(e);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        answer.completeExceptionally(
                                                new AssertionError("no answer"));
                                    }
                                });
        for (byte[] piece = in.readNBytes(1 << 20);
                piece.length > 0 && !answer.isDone();
                piece = in.readNBytes(1 << 20)) {
            out.onNext(LoadRequest.newBuilder().setData(ByteString.copyFrom(piece)).build());
        }
        out.onCompleted();
        try {
            return answer.get(120, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof StatusRuntimeException status ? status : e;
        }
    }

    private static Path save(ArchiveFormat format, String image) throws IOException {
        Path file = host.work().resolve("saved-" + format);
        try (OutputStream out = Files.newOutputStream(file)) {
            Iterator<dev.gantry.proto.v1.SaveResponse> pieces =
                    calls().save(
                                    SaveRequest.newBuilder()
                                            .addImages(image)
                                            .setFormat(format)
                                            .build());
            while (pieces.hasNext()) {
                pieces.next().getData().writeTo(out);
            }
        }
        return file;
    }

    @Test
    void archivesGoOutAndComeBack() throws Exception {
        String id = pulled(PAUSE);
        Map<ArchiveFormat, String> transports =
                Map.of(
                        ArchiveFormat.ARCHIVE_FORMAT_OCI, "oci-archive:",
                        ArchiveFormat.ARCHIVE_FORMAT_DOCKER, "docker-archive:");
        for (Map.Entry<ArchiveFormat, String> transport : transports.entrySet()) {
            Path archive = save(transport.getKey(), PAUSE);
            // The configuration that skopeo finds in it is the image.
            assertThat(
                            Command.run(
                                            "bash",
                                            "-c",
                                            "skopeo inspect --config --raw \"$1\" | sha256sum",
                                            "inspect",
                                            transport.getValue() + archive)
                                    .orFail()
                                    .line())
                    .startsWith(id.substring("sha256:".length()));
            forget(PAUSE);
            assertThat(load(archive).getImagesList())
                    .singleElement()
                    .satisfies(
                            image -> {
                                assertThat(image.getImageId()).isEqualTo(id);
                                assertThat(image.getReferencesList()).containsExactly(PAUSE);
                            });
            assertThat(ok("images", "-q", "--no-trunc", PAUSE)).isEqualTo(id);
        }
    }

    @Test
    void tagsAndPins() {
        String id = pulled(PAUSE);
        String name = "example.com/tagged:1";
        tag(PAUSE, name);
        assertThat(ok("images", "-q", "--no-trunc", name)).isEqualTo(id);
        for (boolean pinned : List.of(true, false)) {
            calls().pin(PinRequest.newBuilder().setImage(name).setPinned(pinned).build());
            assertThat(usage(name).getImages(0).getPinned()).isEqualTo(pinned);
        }
        // A person gave the name, so kubelet is told to leave it.
        assertThat(ok("inspecti", "-o", "json", name)).contains("\"pinned\": true");
        assertThat(daemon.crictl("rmi", name).stderr()).contains(name);
        forget(name);
        assertThat(ok("inspecti", "-o", "json", PAUSE)).contains("\"pinned\": false");
        assertThat(ok("images", "-q", "--no-trunc", PAUSE)).isEqualTo(id);
    }

    private static UsageResponse usage(String image) {
        return calls().usage(UsageRequest.newBuilder().setImage(image).build());
    }

    private static long du(String... directories) {
        List<String> command = new ArrayList<>(List.of("du", "-s", "-c", "--apparent-size", "-B1"));
        for (String directory : directories) {
            command.add(root().resolve(directory).toString());
        }
        String total = Command.run(command).orFail().line();
        return Long.parseLong(total.substring(total.lastIndexOf('\n') + 1).split("\t", 2)[0]);
    }

    @Test
    void usageIsWhatLiesOnDisk() {
        pull(PAUSE);
        pull(BIG);
        UsageResponse all = usage("");
        long onDisk = du("content/blobs", "layers");
        // Directories have sizes of their own.
        assertThat(all.getTotalBytes()).isBetween(onDisk - (2 << 20), onDisk + (1 << 20));
        long big = usage(BIG).getImages(0).getUniqueBytes();
        assertThat(big).isGreaterThan(2L * BIG_BYTES);
        forget(BIG);
        assertThat(usage("").getTotalBytes()).isEqualTo(all.getTotalBytes() - big);
        long left = du("content/blobs", "layers");
        assertThat(onDisk - left).isBetween(big - (1 << 20), big + (1 << 20));
    }

    private static List<CheckEvent> check(boolean repair) {
        List<CheckEvent> events = new ArrayList<>();
        calls().check(CheckRequest.newBuilder().setRepair(repair).build())
                .forEachRemaining(events::add);
        assertThat(events.getLast().getDone().getFindings())
                .as("%s", events)
                .isEqualTo(events.stream().filter(CheckEvent::hasFinding).count());
        return events;
    }

    @Test
    void aDamagedBlobIsFoundAndRepaired() throws Exception {
        forget(PAUSE); // One that was loaded may lie here without the registry's blobs.
        pull(PAUSE);
        assertThat(check(false)).noneMatch(CheckEvent::hasFinding);
        String digest = largestLayer();
        Path blob = root().resolve("content/blobs/sha256").resolve(digest.substring(7));
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes, StandardOpenOption.WRITE);
        for (boolean repair : List.of(false, true)) {
            assertThat(check(repair).stream().filter(CheckEvent::hasFinding))
                    .singleElement()
                    .satisfies(
                            event -> {
                                assertThat(event.getFinding().getObject()).isEqualTo(digest);
                                assertThat(event.getFinding().getImageIdsList()).isNotEmpty();
                                assertThat(event.getFinding().getRepaired().isEmpty())
                                        .isEqualTo(!repair);
                            });
        }
        assertThat(check(false)).noneMatch(CheckEvent::hasFinding);
        pull(PAUSE);
    }

    private static String largestLayer() {
        return Command.run(
                        host.inside(
                                "skopeo",
                                "inspect",
                                "--tls-verify=false",
                                "--format",
                                "{{(index .Layers 0)}}",
                                "docker://" + PAUSE))
                .orFail()
                .line();
    }

    private static void refused(Status.Code code, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode()).isEqualTo(code);
                            for (String word : words) {
                                assertThat(e.getStatus().getDescription()).contains(word);
                            }
                        });
    }

    @Test
    void errorsHaveACodeAndSayWhatWasWrong() {
        refused(Status.Code.INVALID_ARGUMENT, () -> pull("Not A Name"), "Not A Name");
        refused(
                Status.Code.NOT_FOUND,
                () -> pull(Registries.OPEN + "/no/such:1"),
                Registries.OPEN + "/v2/no/such/manifests/1",
                "404");
        String unknown = Registries.OPEN + "/no/such:1";
        refused(Status.Code.NOT_FOUND, () -> push(unknown), unknown);
        refused(Status.Code.NOT_FOUND, () -> tag("no/such", "a:1"), "no/such");
        refused(Status.Code.NOT_FOUND, () -> usage("no/such"), "no/such");
        refused(Status.Code.NOT_FOUND, () -> save(ArchiveFormat.ARCHIVE_FORMAT_OCI, "no/such"));
        refused(
                Status.Code.NOT_FOUND,
                () -> calls().pin(PinRequest.newBuilder().setImage("no/such").build()));
        refused(Status.Code.INVALID_ARGUMENT, () -> tag("", "a:1"));
    }

    @Test
    void refusedCredentialsAreNotRepeated() {
        String secret = "hunter2-hunter2";
        PullRequest wrong =
                PullRequest.newBuilder()
                        .setReference(Registries.PASSWORDED + "/a/b:1")
                        .setCredentials(
                                Credentials.newBuilder()
                                        .setUsername(Registries.USER)
                                        .setPassword(secret))
                        .build();
        assertThatThrownBy(() -> calls().pull(wrong).forEachRemaining(_ -> {}))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAUTHENTICATED))
                .hasMessageContaining("\"" + Registries.USER + "\"")
                .hasMessageContaining("401")
                .message()
                .doesNotContain(secret);
        assertThat(daemon.log()).content().contains("401").doesNotContain(secret);
        PullRequest right =
                wrong.toBuilder()
                        .setCredentials(
                                Credentials.newBuilder()
                                        .setUsername(Registries.USER)
                                        .setPassword(Registries.PASSWORD))
                        .build();
        refused(Status.Code.NOT_FOUND, () -> calls().pull(right).forEachRemaining(_ -> {}), "404");
    }

    @Test
    void rubbishIsNoArchive() throws Exception {
        long before = du("content/blobs", "layers");
        refused(Status.Code.INVALID_ARGUMENT, () -> load(InputStream.nullInputStream()));
        byte[] rubbish = new byte[3 << 20];
        new java.util.Random(5).nextBytes(rubbish);
        refused(
                Status.Code.INVALID_ARGUMENT,
                () -> load(new java.io.ByteArrayInputStream(rubbish)));
        refused(
                Status.Code.INVALID_ARGUMENT,
                () -> load(new java.io.ByteArrayInputStream(new byte[3 << 20])));
        await(() -> below("tmp").isEmpty(), "the end of what was spooled");
        assertThat(du("content/blobs", "layers")).isEqualTo(before);
    }

    @Test
    void aHugeMessageEndsItsCallOnly() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        StreamObserver<LoadRequest> out =
                client.streams()
                        .load(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(LoadResponse response) {}

                                    @Override
                                    public void onError(Throwable e) {
                                        end.complete(e);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        end.complete(new AssertionError("it was taken"));
                                    }
                                });
        out.onNext(
                LoadRequest.newBuilder()
                        .setData(ByteString.copyFrom(new byte[(16 << 20) + 100]))
                        .build());
        assertThat(end.get(60, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isIn(
                                                Status.Code.RESOURCE_EXHAUSTED,
                                                Status.Code.CANCELLED));
        await(() -> below("tmp").isEmpty(), "the end of the load");
        assertThat(ok("version")).contains("gantry");
        pull(PAUSE);
    }
}
