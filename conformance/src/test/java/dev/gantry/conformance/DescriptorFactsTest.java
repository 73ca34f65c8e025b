package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The comparison is not blind: each change to our descriptors is reported, where it was made. */
class DescriptorFactsTest {

    private static final String CRI = "runtime.v1";

    static Stream<Arguments> changes() {
        return Stream.of(
                field("renamed", f -> f.setName("pod"), "missing: field", "not published: field"),
                field("renumbered", f -> f.setNumber(7), "differs: field"),
                field(
                        "of another type",
                        f -> f.setType(FieldDescriptorProto.Type.TYPE_BYTES),
                        "differs: field"),
                field(
                        "repeated",
                        f -> f.setLabel(FieldDescriptorProto.Label.LABEL_REPEATED),
                        "differs: field"),
                field("with another JSON name", f -> f.setJsonName("pod"), "differs: field"),
                field("with presence", f -> f.setProto3Optional(true), "differs: field"),
                field(
                        "deprecated",
                        f -> f.getOptionsBuilder().setDeprecated(true),
                        "differs: field"),
                field("in a oneof", f -> f.setOneofIndex(0), "differs: field"),
                message("field dropped", m -> m.removeField(0), "missing: field"),
                message(
                        "field added",
                        m -> m.addField(m.getField(0).toBuilder().setName("x")),
                        "not published: field"),
                message(
                        "range reserved",
                        m -> m.addReservedRangeBuilder().setStart(5).setEnd(6),
                        "differs: message"),
                message(
                        "oneof added",
                        m -> m.addOneofDeclBuilder().setName("x"),
                        "differs: message"),
                message(
                        "renamed",
                        m -> m.setName("X"),
                        "missing: message",
                        "not published: message"),
                value("renumbered", e -> e.getValueBuilder(1).setNumber(9), "differs: value"),
                value(
                        "renamed",
                        e -> e.getValueBuilder(1).setName("X"),
                        "missing: value",
                        "not published: value"),
                value("dropped", e -> e.removeValue(1), "missing: value"),
                method("renamed", m -> m.setName("X"), "missing: rpc", "not published: rpc"),
                method("streaming out", m -> m.setServerStreaming(true), "differs: rpc"),
                method("streaming in", m -> m.setClientStreaming(true), "differs: rpc"),
                method(
                        "other request",
                        m -> m.setInputType(".runtime.v1.StatusRequest"),
                        "differs: rpc"),
                method("other answer", m -> m.setOutputType(".runtime.v1.Image"), "differs: rpc"),
                change(
                        "syntax",
                        set -> set.getFileBuilderList().forEach(f -> f.setSyntax("proto2")),
                        "differs: message"),
                change(
                        "package",
                        set -> set.getFileBuilderList().forEach(f -> f.setPackage("x")),
                        "missing: rpc"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangeIsReported(
            String name, Consumer<FileDescriptorSet.Builder> change, List<String> reports)
            throws IOException {
        var original = CriDescriptors.built();
        var changed = original.toBuilder();
        change.accept(changed);

        var differences = differences(original, changed.build());

        assertThat(reports)
                .allSatisfy(report -> assertThat(differences).anyMatch(d -> d.startsWith(report)));
    }

    @Test
    void noFieldIsOverlooked() throws IOException {
        var original = CriDescriptors.built();
        int fields = 0;
        var changed = original.toBuilder();
        for (var file : changed.getFileBuilderList()) {
            for (var message : file.getMessageTypeBuilderList()) {
                for (var field : message.getFieldBuilderList()) {
                    int number = field.getNumber();
                    field.setNumber(number + 1000);
                    assertThat(differences(original, changed.build()))
                            .singleElement()
                            .asString()
                            .startsWith(
                                    "differs: field runtime.v1."
                                            + message.getName()
                                            + "."
                                            + field.getName());
                    field.setNumber(number);
                    fields++;
                }
            }
        }
        assertThat(fields).isGreaterThan(400);
    }

    @Test
    void orderAndFilesDoNotMatter() throws IOException {
        var original = CriDescriptors.built();
        var merged = FileDescriptorProto.newBuilder();
        for (var file : original.getFileList().reversed()) {
            if (file.getPackage().equals(CRI)) {
                merged.mergeFrom(file);
            }
        }
        var one = FileDescriptorSet.newBuilder().addFile(merged).build();

        assertThat(differences(original, one)).isEmpty();
    }

    private static List<String> differences(FileDescriptorSet published, FileDescriptorSet actual) {
        return DescriptorFacts.of(published, CRI).differencesTo(DescriptorFacts.of(actual, CRI));
    }

    private static Arguments field(
            String name, Consumer<FieldDescriptorProto.Builder> change, String... reports) {
        return message("field " + name, m -> change.accept(m.getFieldBuilder(0)), reports);
    }

    private static Arguments message(
            String name, Consumer<DescriptorProto.Builder> change, String... reports) {
        return change(
                name,
                set ->
                        set.getFileBuilderList().stream()
                                .flatMap(f -> f.getMessageTypeBuilderList().stream())
                                .filter(m -> m.getName().equals("StopPodSandboxRequest"))
                                .forEach(change),
                reports);
    }

    private static Arguments value(
            String name, Consumer<EnumDescriptorProto.Builder> change, String... reports) {
        return change(
                "enum value " + name,
                set ->
                        set.getFileBuilderList().stream()
                                .flatMap(f -> f.getEnumTypeBuilderList().stream())
                                .filter(e -> e.getName().equals("Signal"))
                                .forEach(change),
                reports);
    }

    private static Arguments method(
            String name, Consumer<MethodDescriptorProto.Builder> change, String... reports) {
        return change(
                "rpc " + name,
                set ->
                        set.getFileBuilderList().stream()
                                .flatMap(f -> f.getServiceBuilderList().stream())
                                .filter(s -> s.getName().equals("RuntimeService"))
                                .forEach(s -> change.accept(s.getMethodBuilder(1))),
                reports);
    }

    private static Arguments change(
            String name, Consumer<FileDescriptorSet.Builder> change, String... reports) {
        return Arguments.of(name, change, List.of(reports));
    }
}
