package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.gantry.proto.cri.v1.CriImageServiceProto;
import dev.gantry.proto.cri.v1.CriRuntimeServiceProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our CRI is the published one: that of the Go module k8s.io/cri-api, declaration by declaration.
 */
@Tag("go")
class CriDescriptorTest {

    private static final String CRI = "runtime.v1";

    private static DescriptorFacts published =
            DescriptorFacts.of(FileDescriptorSet.getDefaultInstance(), CRI);

    @BeforeAll
    static void dumpPublished(@TempDir Path temp) throws IOException {
        var file = temp.resolve("cri.desc");
        var buildTools = Places.project().resolve("conformance/bin/build-tools");
        Command.run(buildTools.toString(), "descriptor-dump").orFail();
        Command.run(Places.tool("descriptor-dump").toString(), file.toString()).orFail();
        published = DescriptorFacts.of(FileDescriptorSet.parseFrom(Files.readAllBytes(file)), CRI);
    }

    @Test
    void publishedInterfaceIsReadInFull() {
        assertThat(published.declarations())
                .containsKeys(
                        "rpc runtime.v1.RuntimeService.RunPodSandbox",
                        "rpc runtime.v1.ImageService.PullImage",
                        "field runtime.v1.PodSandboxConfig.LabelsEntry.value",
                        "value runtime.v1.SecurityProfile.ProfileType.Localhost");
        assertThat(published.declarations()).hasSizeGreaterThan(800);
    }

    @Test
    void descriptorsOfTheBuildAreThePublishedOnes() throws IOException {
        assertThat(published.differencesTo(DescriptorFacts.of(CriDescriptors.built(), CRI)))
                .isEmpty();
    }

    @Test
    void generatedCodeIsThePublishedInterface() {
        var set = FileDescriptorSet.newBuilder();
        var seen = new HashSet<String>();
        addWithImports(CriRuntimeServiceProto.getDescriptor(), set, seen);
        addWithImports(CriImageServiceProto.getDescriptor(), set, seen);

        // Every file is imported by one of the services.
        assertThat(published.differencesTo(DescriptorFacts.of(set.build(), CRI))).isEmpty();
    }

    private static void addWithImports(
            FileDescriptor file, FileDescriptorSet.Builder set, Set<String> seen) {
        if (seen.add(file.getName())) {
            set.addFile(file.toProto());
            file.getDependencies().forEach(d -> addWithImports(d, set, seen));
        }
    }
}
