package dev.gantry.conformance;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.util.Objects;

/** The descriptors that the build of proto/ leaves beside its classes. */
final class CriDescriptors {

    private CriDescriptors() {}

    static FileDescriptorSet built() throws IOException {
        try (var in = CriDescriptors.class.getResourceAsStream("/dev/gantry/proto/gantry.desc")) {
            return FileDescriptorSet.parseFrom(
                    Objects.requireNonNull(
                            in, "proto's build left no gantry.desc: build proto again"));
        }
    }
}
