package dev.gantry.conformance;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a set of descriptors says about one Protobuf package, as flat facts: the full name of
 * each declaration, and what is declared. The files that a package is split into, their options and
 * the order of declarations do not reach the wire and are left out.
 */
record DescriptorFacts(SortedMap<String, String> declarations) {

    static DescriptorFacts of(FileDescriptorSet set, String protoPackage) {
        var facts = new DescriptorFacts(new TreeMap<>());
        for (var file : set.getFileList()) {
            if (file.getPackage().equals(protoPackage)) {
                facts.addFile(file);
            }
        }
        return facts;
    }

    /**
     * Each difference as one line for a reader; empty when {@code actual} says the same as this.
     */
    List<String> differencesTo(DescriptorFacts actual) {
        var differences = new ArrayList<String>();
        declarations.forEach(
                (name, wanted) -> {
                    var found = actual.declarations.get(name);
                    if (found == null) {
                        differences.add("missing: " + name + ": " + wanted);
                    } else if (!found.equals(wanted)) {
                        differences.add(
                                "differs: " + name + ": " + found + ", published: " + wanted);
                    }
                });
        actual.declarations.forEach(
                (name, found) -> {
                    if (!declarations.containsKey(name)) {
                        differences.add("not published: " + name + ": " + found);
                    }
                });
        return differences;
    }

    private void addFile(FileDescriptorProto file) {
        var scope = file.getPackage();
        // The syntax decides on presence and packing of fields: it goes with each message.
        file.getMessageTypeList().forEach(m -> addMessage(scope, m, file.getSyntax()));
        file.getEnumTypeList().forEach(e -> addEnum(scope, e));
        file.getServiceList().forEach(s -> addService(scope, s));
        file.getExtensionList().forEach(f -> add("extension", scope, f.getName(), text(f)));
    }

    private void addMessage(String scope, DescriptorProto message, String syntax) {
        var name = scope + "." + message.getName();
        var rest = message.toBuilder();
        rest.clearName().clearField().clearNestedType().clearEnumType();
        add("message", scope, message.getName(), "syntax: " + syntax + " " + text(rest));
        message.getFieldList().forEach(f -> addField(name, f));
        message.getNestedTypeList().forEach(m -> addMessage(name, m, syntax));
        message.getEnumTypeList().forEach(e -> addEnum(name, e));
    }

    /** Number, label, type, type name, JSON name, oneof, presence, default and options. */
    private void addField(String message, FieldDescriptorProto field) {
        var rest = field.toBuilder().clearName();
        if (!field.hasJsonName()) {
            rest.setJsonName(defaultJsonName(field.getName()));
        }
        add("field", message, field.getName(), text(rest));
    }

    private void addEnum(String scope, EnumDescriptorProto declared) {
        var name = scope + "." + declared.getName();
        add("enum", scope, declared.getName(), text(declared.toBuilder().clearName().clearValue()));
        declared.getValueList()
                .forEach(v -> add("value", name, v.getName(), text(v.toBuilder().clearName())));
    }

    private void addService(String scope, ServiceDescriptorProto service) {
        var name = scope + "." + service.getName();
        add(
                "service",
                scope,
                service.getName(),
                text(service.toBuilder().clearName().clearMethod()));
        service.getMethodList().forEach(m -> addMethod(name, m));
    }

    /** Input, output, streaming in both directions and options. */
    private void addMethod(String service, MethodDescriptorProto method) {
        var rest = method.toBuilder().clearName();
        // Written out, so that "absent" and "false" are the same.
        rest.setClientStreaming(method.getClientStreaming());
        rest.setServerStreaming(method.getServerStreaming());
        if (rest.getOptions().getSerializedSize() == 0) {
            rest.clearOptions();
        }
        add("rpc", service, method.getName(), text(rest));
    }

    private void add(String kind, String scope, String name, String fact) {
        var key = kind + " " + scope + "." + name;
        var before = declarations.put(key, fact);
        if (before != null) {
            throw new IllegalArgumentException(key + " is declared twice");
        }
    }

    private static String text(MessageOrBuilder message) {
        return message.toString().strip().replaceAll("\\s+", " ");
    }

    /** Lower camel case, as protoc derives it; code generated for Java does not carry it. */
    private static String defaultJsonName(String field) {
        var json = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            boolean raised = i > 0 && field.charAt(i - 1) == '_';
            char c = field.charAt(i);
            if (c != '_') {
                json.append(raised && c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
            }
        }
        return json.toString();
    }
}
