package dev.gantry.conformance;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.util.Objects;

/** The descriptors of the CRI that the build of proto/ leaves beside its classes. */
final class CriDescriptors {

    private CriDescriptors() {}

    static FileDescriptorSet built() throws IOException {
        try (var in = CriDescriptors.class.getResourceAsStream("/dev/gantry/proto/gantry.desc")) {
            FileDescriptorSet all =
                    FileDescriptorSet.parseFrom(
                            Objects.requireNonNull(
                                    in, "proto's build left no gantry.desc: build proto again"));
            return FileDescriptorSet.newBuilder()
                    .addAllFile(
                            all.getFileList().stream()
                                    .filter(file -> file.getPackage().equals("runtime.v1"))
                                    .toList())
                    .build();
        }
    }
}
