package dev.gantry.cli.run;

import dev.gantry.proto.v1.TmpfsMount;
import dev.gantry.proto.v1.VolumeMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * {@code --mount}: {@code type=bind|volume|tmpfs|image,source=...,target=...[,...]}, by docker's
 * rules.
 *
 * <p>Collects what is given, since a mount is either a volume or a tmpfs.
 */
final class Mounts {
    static final String OPTION = "--mount";

    private Mounts() {}

    /** What one {@code --mount} is. */
    sealed interface Given {
        /** Of a directory, a volume, or an image. */
        record Volume(VolumeMount mount) implements Given {}

        /** Of memory. */
        record Memory(TmpfsMount mount) implements Given {}
    }

    static Given mount(String text, Path here) {
        List<Fields> fields = Fields.of(OPTION, text);
        String type = "volume";
        for (Fields field : fields) {
            if (field.key().equals("type")) {
                type = field.value();
            }
        }
        return switch (type) {
            case "bind" -> new Given.Volume(volume(text, fields, VolumeMount.Type.BIND, here));
            case "volume" -> new Given.Volume(volume(text, fields, VolumeMount.Type.VOLUME, here));
            case "image" -> new Given.Volume(volume(text, fields, VolumeMount.Type.IMAGE, here));
            case "tmpfs" -> new Given.Memory(tmpfs(text, fields));
            default ->
                    throw Wrong.value(
                            OPTION,
                            text,
                            "invalid type '" + type + "'; there are bind, volume, tmpfs and image");
        };
    }

    private static VolumeMount volume(
            String text, List<Fields> fields, VolumeMount.Type type, Path here) {
        VolumeMount.Builder mount = VolumeMount.newBuilder().setType(type);
        for (Fields field : fields) {
            if (!common(text, field, mount) && !ofType(text, field, mount)) {
                throw unknown(text, field, type.name().toLowerCase(Locale.ROOT));
            }
        }
        requireTarget(text, mount.getTarget());
        if (type == VolumeMount.Type.BIND) {
            if (mount.getSource().isEmpty()) {
                throw Wrong.value(OPTION, text, "a bind mount needs source=PATH");
            }
            mount.setSource(here.resolve(mount.getSource()).normalize().toString());
        } else if (type == VolumeMount.Type.IMAGE && mount.getSource().isEmpty()) {
            throw Wrong.value(OPTION, text, "a mount of an image needs source=IMAGE");
        } else if (type == VolumeMount.Type.VOLUME
                && !mount.getSource().isEmpty()
                && !Volumes.NAME.matcher(mount.getSource()).matches()) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "'%s' is not a volume's name; for a path of the host write type=bind"
                            .formatted(mount.getSource()));
        }
        return mount.build();
    }

    private static boolean common(String text, Fields field, VolumeMount.Builder mount) {
        switch (field.key()) {
            case "type" -> {}
            case "source", "src" -> mount.setSource(value(text, field));
            case "target", "dst", "destination" ->
                    mount.setTarget(Volumes.target(OPTION, text, value(text, field)));
            case "readonly", "ro" -> mount.setReadonly(truth(text, field));
            case "consistency" -> value(text, field);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean ofType(String text, Fields field, VolumeMount.Builder mount) {
        return switch (mount.getType()) {
            case BIND -> ofBind(text, field, mount);
            case VOLUME -> ofVolume(text, field, mount);
            case IMAGE -> {
                if (field.key().equals("image-subpath")) {
                    mount.setSubpath(value(text, field));
                    yield true;
                }
                yield false;
            }
            case TYPE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static boolean ofBind(String text, Fields field, VolumeMount.Builder mount) {
        switch (field.key()) {
            case "bind-propagation" -> {
                if (!Volumes.PROPAGATIONS.contains(value(text, field))) {
                    throw Wrong.value(
                            OPTION,
                            text,
                            "invalid propagation option: "
                                    + field.value()
                                    + "; there are "
                                    + Volumes.PROPAGATIONS);
                }
                mount.setPropagation(field.value());
            }
            case "bind-create-src" -> mount.setCreateSource(truth(text, field));
            case "bind-recursive", "bind-nonrecursive" -> {
                boolean usual =
                        field.key().equals("bind-recursive")
                                ? field.value().equals("enabled")
                                : !truth(text, field);
                if (!usual) {
                    throw Wrong.value(
                            OPTION,
                            text,
                            "bind mounts are always recursive here; leave " + field.key() + " out");
                }
            }
            case "relabel" -> mount.setRelabel(value(text, field).equals("shared") ? "z" : "Z");
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean ofVolume(String text, Fields field, VolumeMount.Builder mount) {
        switch (field.key()) {
            case "volume-nocopy" -> mount.setNoCopy(truth(text, field));
            case "volume-subpath" -> mount.setSubpath(value(text, field));
            case "volume-label" -> {
                Fields label = pair(field.value());
                mount.putLabels(label.key(), label.value());
            }
            case "volume-opt" -> {
                Fields option = pair(field.value());
                mount.putDriverOptions(option.key(), option.value());
            }
            case "volume-driver" -> {
                if (!value(text, field).equals("local")) {
                    throw Wrong.value(OPTION, text, "there is no volume driver but local");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static TmpfsMount tmpfs(String text, List<Fields> fields) {
        TmpfsMount.Builder mount = TmpfsMount.newBuilder();
        for (Fields field : fields) {
            switch (field.key()) {
                case "type", "consistency" -> {}
                case "target", "dst", "destination" ->
                        mount.setTarget(Volumes.target(OPTION, text, value(text, field)));
                case "tmpfs-size" -> mount.setSize(Sizes.bytes(OPTION, value(text, field)));
                case "tmpfs-mode" -> mount.setMode(Tmpfs.mode(OPTION, text, value(text, field)));
                case "readonly", "ro" -> {
                    if (truth(text, field)) {
                        mount.addOptions("ro");
                    }
                }
                case "source", "src" -> throw Wrong.value(OPTION, text, "a tmpfs has no source");
                default -> throw unknown(text, field, "tmpfs");
            }
        }
        requireTarget(text, mount.getTarget());
        return mount.build();
    }

    private static void requireTarget(String text, String target) {
        if (target.isEmpty()) {
            throw Wrong.value(OPTION, text, "target is required: target=/PATH");
        }
    }

    private static Fields pair(String text) {
        int equals = text.indexOf('=');
        return equals < 0
                ? new Fields(text, "", /* hasValue= */ false)
                : new Fields(
                        text.substring(0, equals),
                        text.substring(equals + 1),
                        /* hasValue= */ true);
    }

    private static String value(String text, Fields field) {
        if (!field.hasValue()) {
            throw Wrong.value(
                    OPTION, text, "invalid field '" + field.key() + "' must be a key=value pair");
        }
        return field.value();
    }

    private static boolean truth(String text, Fields field) {
        return switch (field.hasValue() ? field.value() : "true") {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                    throw Wrong.value(
                            OPTION,
                            text,
                            "invalid value for " + field.key() + ": " + field.value());
        };
    }

    private static RuntimeException unknown(String text, Fields field, String type) {
        boolean ofAnother =
                field.key().matches("(bind|volume|tmpfs|image)-.*")
                        && !field.key().startsWith(type);
        return Wrong.value(
                OPTION,
                text,
                ofAnother
                        ? "cannot mix '%s' with mount type '%s'".formatted(field.key(), type)
                        : "unexpected key '%s' in '%s'".formatted(field.key(), text));
    }
}
