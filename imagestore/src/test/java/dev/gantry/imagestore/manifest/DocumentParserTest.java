package dev.gantry.imagestore.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentParserTest {
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String DESCRIPTOR =
            "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":7}".formatted("", DIGEST);

    private static ImageDocument parse(String json, String type) {
        return DocumentParser.parse(json.getBytes(StandardCharsets.UTF_8), type, "manifest x");
    }

    private static void refused(String json, String type, Failure.Code code, String words) {
        assertThatThrownBy(() -> parse(json, type))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageStartingWith("manifest x")
                .hasMessageContaining(words);
    }

    @Test
    void whatTestsMakeIsRead() {
        TestImage image =
                TestImage.docker().layer(new TarBuilder().file("a", "b"), TestImage.Packing.GZIP);
        ImageDocument manifest =
                DocumentParser.parse(image.manifest(), MediaTypes.DOCKER_MANIFEST, "m");
        assertThat(manifest)
                .isInstanceOfSatisfying(
                        ImageDocument.Manifest.class,
                        m -> {
                            assertThat(m.config().digest()).isEqualTo(image.id());
                            assertThat(m.layers()).hasSize(1);
                        });
        byte[] index = TestImage.index(false, Map.of(new Platform("linux", "arm", "v7"), image));
        assertThat(DocumentParser.parse(index, "", "i"))
                .isInstanceOfSatisfying(
                        ImageDocument.Index.class,
                        i ->
                                assertThat(i.manifests().getFirst().platform())
                                        .contains(new Platform("linux", "arm", "v7")));
    }

    @Test
    void theTypeMayBeMissing() {
        String json = "{\"config\":%s,\"layers\":[]}".formatted(DESCRIPTOR);
        assertThat(parse(json, "text/plain; charset=utf-8"))
                .isInstanceOf(ImageDocument.Manifest.class);
        assertThat(parse("{\"manifests\":[]}", "")).isInstanceOf(ImageDocument.Index.class);
    }

    @Test
    void oneDocumentIsNotTwoThings() {
        refused(
                "{\"config\":%s,\"layers\":[],\"manifests\":[]}".formatted(DESCRIPTOR),
                "",
                Failure.Code.DATA_LOSS,
                "at once");
        refused(
                "{\"mediaType\":\"%s\",\"manifests\":[]}".formatted(MediaTypes.OCI_INDEX),
                MediaTypes.OCI_MANIFEST,
                Failure.Code.DATA_LOSS,
                "was sent as");
        refused(
                "{\"mediaType\":\"a\",\"mediaType\":\"b\"}",
                "",
                Failure.Code.DATA_LOSS,
                "not valid JSON");
    }

    @Test
    void hostileJson() {
        refused("[]", "", Failure.Code.DATA_LOSS, "not a JSON object");
        refused("{} {}", "", Failure.Code.DATA_LOSS, "not valid JSON");
        refused("[".repeat(5000), "", Failure.Code.DATA_LOSS, "not valid JSON");
        refused("{\"manifests\":{}}", "", Failure.Code.DATA_LOSS, "\"manifests\" is not an array");
        refused(
                "{\"manifests\":[{\"digest\":\"../../etc\",\"size\":1}]}",
                "",
                Failure.Code.INVALID_ARGUMENT,
                "digest");
        refused(
                "{\"manifests\":[{\"digest\":\"%s\",\"size\":-1}]}".formatted(DIGEST),
                "",
                Failure.Code.INVALID_ARGUMENT,
                "size -1");
        refused(
                "{\"manifests\":[{\"digest\":\"%s\",\"size\":1e3}]}".formatted(DIGEST),
                "",
                Failure.Code.DATA_LOSS,
                "whole number");
        String many = "%s,".formatted(DESCRIPTOR).repeat(600) + DESCRIPTOR;
        refused(
                "{\"config\":%s,\"layers\":[%s]}".formatted(DESCRIPTOR, many),
                "",
                Failure.Code.RESOURCE_EXHAUSTED,
                "601 layers");
    }

    @Test
    void whatIsNoImage() {
        refused("{\"schemaVersion\":1}", "", Failure.Code.UNIMPLEMENTED, "schema 1");
        refused("{\"schemaVersion\":2}", "", Failure.Code.INVALID_ARGUMENT, "neither");
    }

    private static ImageKind kind(String config, String rest) {
        String json =
                """
                {"config":{"mediaType":"%s","digest":"%s","size":7}%s}"""
                        .formatted(config, DIGEST, rest);
        return ((ImageDocument.Manifest) parse(json, "")).kind();
    }

    @Test
    void whatAnImageHolds() {
        String image = MediaTypes.OCI_CONFIG;
        String empty = "application/vnd.oci.empty.v1+json";
        String layer = ",\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":7}]";
        String tar = layer.formatted(MediaTypes.OCI_LAYER, DIGEST);
        String file = layer.formatted("text/plain", DIGEST);
        String typed = ",\"artifactType\":\"a/b\"";
        String criu = ",\"annotations\":{\"org.criu.checkpoint.container.name\":\"web\"}";
        assertThat(kind(image, "")).isEqualTo(new ImageKind.Container());
        assertThat(kind(image, tar)).isEqualTo(new ImageKind.Container());
        assertThat(kind(image, tar + typed)).isEqualTo(new ImageKind.Container());
        assertThat(kind(image, tar + criu)).isEqualTo(new ImageKind.Checkpoint());
        assertThat(kind(image, file + typed)).isEqualTo(new ImageKind.Artifact("a/b"));
        assertThat(kind(empty, tar + typed)).isEqualTo(new ImageKind.Artifact("a/b"));
        assertThat(kind("application/helm", file))
                .isEqualTo(new ImageKind.Artifact("application/helm"));
    }

    @Test
    void configuration() {
        String json =
                """
                {"os":"linux","architecture":"arm64","variant":"v8","created":"2024-05-06T07:08:09.5Z",
                 "config":{"User":"1:2","Env":["A=b"],"Entrypoint":null,"Cmd":["run"],
                  "WorkingDir":"/w","StopSignal":"SIGQUIT","Volumes":{"/v":{}},
                  "ExposedPorts":{"80/tcp":{}},"Labels":{"k":"v"}},
                 "rootfs":{"type":"layers","diff_ids":["%s"]}}
                """
                        .formatted(DIGEST);
        ImageConfig config = ConfigParser.parse(json.getBytes(StandardCharsets.UTF_8), "config x");
        assertThat(config.platform()).isEqualTo(new Platform("linux", "arm64", "v8"));
        assertThat(config.user()).isEqualTo("1:2");
        assertThat(config.env()).containsExactly("A=b");
        assertThat(config.entrypoint()).isEmpty();
        assertThat(config.cmd()).containsExactly("run");
        assertThat(config.workingDir()).isEqualTo("/w");
        assertThat(config.stopSignal()).isEqualTo("SIGQUIT");
        assertThat(config.volumes()).containsExactly("/v");
        assertThat(config.exposedPorts()).containsExactly("80/tcp");
        assertThat(config.labels()).isEqualTo(Map.of("k", "v"));
        assertThat(config.diffIds()).isEqualTo(List.of(Digest.parse(DIGEST)));
        assertThat(config.created()).contains(Instant.parse("2024-05-06T07:08:09.5Z"));
    }
}
