package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.AuthConfig;
import dev.gantry.proto.cri.v1.FilesystemUsage;
import dev.gantry.proto.cri.v1.Image;
import dev.gantry.proto.cri.v1.ImageFilter;
import dev.gantry.proto.cri.v1.ImageFsInfoRequest;
import dev.gantry.proto.cri.v1.ImageFsInfoResponse;
import dev.gantry.proto.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.ImageStatusRequest;
import dev.gantry.proto.cri.v1.ImageStatusResponse;
import dev.gantry.proto.cri.v1.ListImagesRequest;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.RemoveImageRequest;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImageCallsTest {
    private final Door door = new Door();

    @AfterEach
    void close() {
        door.close();
    }

    private static ImageSpec spec(String name) {
        return ImageSpec.newBuilder().setImage(name).build();
    }

    private String pull(String name, AuthConfig.Builder auth) {
        return door.images
                .pullImage(PullImageRequest.newBuilder().setImage(spec(name)).setAuth(auth).build())
                .getImageRef();
    }

    @Test
    void aPullAnswersTheImagesId() {
        assertThat(pull("nginx", AuthConfig.newBuilder())).isEqualTo(FakeImages.ID.toString());
        assertThat(door.engine.images.pulls)
                .containsExactly(
                        new FakeImages.Pull(
                                ImageReference.parse("nginx"), Optional.empty(), false));
    }

    @Test
    void credentialsInEveryForm() {
        String auth =
                Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
        pull("a", AuthConfig.newBuilder().setUsername("me").setPassword("secret"));
        pull("a", AuthConfig.newBuilder().setAuth(auth).setServerAddress("r"));
        pull("a", AuthConfig.newBuilder().setIdentityToken("idt"));
        pull("a", AuthConfig.newBuilder().setRegistryToken("rt"));
        assertThat(door.engine.images.pulls)
                .extracting(FakeImages.Pull::credentials)
                .containsExactly(
                        Optional.of(RegistryCredentials.basic("me", "secret")),
                        Optional.of(new RegistryCredentials("me", "secret", "", "", "r")),
                        Optional.of(new RegistryCredentials("", "", "idt", "", "")),
                        Optional.of(new RegistryCredentials("", "", "", "rt", "")));
        assertThatThrownBy(() -> pull("a", AuthConfig.newBuilder().setAuth("%%%")))
                .hasMessageStartingWith("INVALID_ARGUMENT")
                .hasMessageContaining("base64");
    }

    @Test
    void aReferenceThatIsNoneIsRefused() {
        assertThatThrownBy(() -> pull("UPPER/case", AuthConfig.newBuilder()))
                .hasMessageStartingWith("INVALID_ARGUMENT");
        assertThatThrownBy(() -> pull("", AuthConfig.newBuilder()))
                .hasMessage("INVALID_ARGUMENT: the request names no image");
    }

    @Test
    void anImageSaysWhatItIs() {
        door.engine.images.byName.put("n", FakeImages.image("docker.io/library/n:1", "1002:5"));
        ImageStatusResponse answer =
                door.images.imageStatus(
                        ImageStatusRequest.newBuilder()
                                .setImage(spec("n"))
                                .setVerbose(true)
                                .build());
        Image image = answer.getImage();
        assertThat(image.getId()).isEqualTo(FakeImages.ID.toString());
        assertThat(image.getRepoTagsList()).containsExactly("docker.io/library/n:1");
        assertThat(image.getRepoDigestsList())
                .containsExactly("docker.io/library/n@" + FakeImages.ID);
        assertThat(image.getSize()).isEqualTo(12345);
        assertThat(image.getUid().getValue()).isEqualTo(1002);
        assertThat(image.getUsername()).isEmpty();
        assertThat(image.getPinned()).isTrue();
        assertThat(answer.getInfoOrThrow("info"))
                .contains("\"Entrypoint\":[\"/entry\"]")
                .contains("\"StopSignal\":\"SIGQUIT\"");
    }

    @Test
    void aUserByNameIsAName() {
        door.engine.images.byName.put("n", FakeImages.image("n", "www-data:100"));
        Image image =
                door.images
                        .imageStatus(ImageStatusRequest.newBuilder().setImage(spec("n")).build())
                        .getImage();
        assertThat(image.hasUid()).isFalse();
        assertThat(image.getUsername()).isEqualTo("www-data");
    }

    @Test
    void anImageThatIsNotHereIsAnAnswerWithoutOne() {
        assertThat(
                        door.images
                                .imageStatus(
                                        ImageStatusRequest.newBuilder()
                                                .setImage(spec("none"))
                                                .build())
                                .hasImage())
                .isFalse();
    }

    @Test
    void aListMayBeFiltered() {
        door.engine.images.byName.put("a", FakeImages.image("a", ""));
        door.engine.images.byName.put("b", FakeImages.image("b", ""));
        assertThat(door.images.listImages(ListImagesRequest.getDefaultInstance()).getImagesCount())
                .isEqualTo(2);
        ListImagesRequest one =
                ListImagesRequest.newBuilder()
                        .setFilter(ImageFilter.newBuilder().setImage(spec("b")))
                        .build();
        assertThat(door.images.listImages(one).getImagesList())
                .singleElement()
                .satisfies(
                        i ->
                                assertThat(i.getRepoTagsList())
                                        .containsExactly("docker.io/library/b:latest"));
    }

    @Test
    void removalAndDisk() {
        door.images.removeImage(RemoveImageRequest.newBuilder().setImage(spec("n")).build());
        assertThat(door.engine.images.removed).containsExactly("n");
        ImageFsInfoResponse disk = door.images.imageFsInfo(ImageFsInfoRequest.getDefaultInstance());
        FilesystemUsage images = disk.getImageFilesystems(0);
        assertThat(images.getTimestamp()).isEqualTo(1_700_000_000_000_000_005L);
        assertThat(images.getFsId().getMountpoint()).isEqualTo("/images");
        assertThat(images.getUsedBytes().getValue()).isEqualTo(100);
        assertThat(images.getInodesUsed().getValue()).isEqualTo(10);
        assertThat(disk.getContainerFilesystems(0).getFsId().getMountpoint())
                .isEqualTo("/containers");
    }

    private ImageServiceBlockingStub as(String scope) {
        Metadata headers = new Metadata();
        headers.put(Scopes.HEADER, scope);
        return door.images.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static boolean pinned(ImageServiceBlockingStub caller) {
        ImageStatusRequest request = ImageStatusRequest.newBuilder().setImage(spec("n")).build();
        boolean shown = caller.imageStatus(request).getImage().getPinned();
        assertThat(caller.listImages(ListImagesRequest.getDefaultInstance()).getImagesList())
                .singleElement()
                .satisfies(image -> assertThat(image.getPinned()).isEqualTo(shown));
        return shown;
    }

    private static void remove(ImageServiceBlockingStub caller) {
        caller.removeImage(RemoveImageRequest.newBuilder().setImage(spec("n")).build());
    }

    @Test
    void whatAPersonPulledIsNotKubeletsToCollect() {
        door.engine.images.byName.put("n", FakeImages.image("n", "", false));
        assertThat(pinned(as("cri"))).isFalse();
        as("cri").pullImage(PullImageRequest.newBuilder().setImage(spec("n")).build());
        assertThat(door.engine.images.kept).isEmpty();
        as("local").pullImage(PullImageRequest.newBuilder().setImage(spec("n:1")).build());
        door.engine.images.byName.clear();
        door.engine.images.byName.put("n", FakeImages.image("n", "", false));
        assertThat(door.engine.images.kept).containsExactly("docker.io/library/n:1");
        assertThat(pinned(as("cri"))).isTrue();
        assertThat(pinned(as("local"))).isFalse();
        assertThatThrownBy(() -> remove(door.images))
                .hasMessageStartingWith("FAILED_PRECONDITION: image n is kept")
                .hasMessageContaining("gantry rmi");
        assertThat(door.engine.images.removed).isEmpty();
        remove(as("local"));
        assertThat(door.engine.images.removed).containsExactly("n");
    }

    @Test
    void whatALocalContainerUsesIsNotKubeletsToCollect() {
        door.engine.images.byName.put("n", FakeImages.image("n", "", false));
        door.engine.containers.put("c", ContainerCallsTest.exited(Scope.CRI));
        assertThat(pinned(as("cri"))).isFalse();
        door.engine.containers.put("c", ContainerCallsTest.exited(Scope.LOCAL));
        assertThat(pinned(as("cri"))).isTrue();
        assertThatThrownBy(() -> remove(as("cri")))
                .hasMessageContaining("of the scope local needs it");
        assertThat(door.engine.images.removed).isEmpty();
    }
}
