package dev.gantry.cli.run;

import dev.gantry.proto.v1.VolumeMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** {@code --volume}: {@code [SOURCE:]TARGET[:OPTIONS]}, by docker's rules. */
final class Volumes {
    static final String OPTION = "-v, --volume";
    static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    static final List<String> PROPAGATIONS =
            List.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
    private static final String RIGHT =
            "; write [SOURCE:]TARGET[:OPTIONS], such as data:/var/lib/data or /srv:/srv:ro";

    private Volumes() {}

    /** A mount; a relative path of the host is one below {@code here}. */
    static VolumeMount mount(String text, Path here) {
        List<String> parts = new ArrayList<>(List.of(text.split(":", -1)));
        if (parts.size() > 3 || parts.contains("")) {
            throw Wrong.value(OPTION, text, "invalid volume specification" + RIGHT);
        }
        if (parts.size() == 2 && !parts.get(1).startsWith("/") && isOptions(parts.get(1))) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "invalid volume specification: there is no path in the container" + RIGHT);
        }
        VolumeMount.Builder mount = VolumeMount.newBuilder();
        if (parts.size() == 1) {
            mount.setType(VolumeMount.Type.VOLUME);
        } else {
            source(text, parts.getFirst(), here, mount);
        }
        mount.setTarget(target(OPTION, text, parts.get(parts.size() == 1 ? 0 : 1)));
        if (parts.size() == 3) {
            options(text, parts.get(2), mount);
        }
        return mount.build();
    }

    /** A path in the container, without what does not count. */
    static String target(String option, String text, String path) {
        if (!path.startsWith("/")) {
            throw Wrong.value(
                    option, text, "invalid mount path: '" + path + "': it has to be absolute");
        }
        String clean = Path.of(path).normalize().toString();
        if (clean.equals("/")) {
            throw Wrong.value(option, text, "invalid specification: destination can't be '/'");
        }
        return clean;
    }

    private static void source(String text, String source, Path here, VolumeMount.Builder mount) {
        boolean path =
                source.startsWith("/")
                        || source.equals(".")
                        || source.equals("..")
                        || source.startsWith("./")
                        || source.startsWith("../");
        if (path) {
            mount.setType(VolumeMount.Type.BIND)
                    .setSource(here.resolve(source).normalize().toString())
                    .setCreateSource(true);
            return;
        }
        if (!NAME.matcher(source).matches()) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "\"%s\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed; if you intended to pass a host directory, use an absolute path"
                            .formatted(source));
        }
        mount.setType(VolumeMount.Type.VOLUME).setSource(source);
    }

    private static boolean isOptions(String word) {
        return List.of(word.split(",")).stream()
                .allMatch(
                        each ->
                                each.equals("ro")
                                        || each.equals("rw")
                                        || PROPAGATIONS.contains(each));
    }

    private static void options(String text, String words, VolumeMount.Builder mount) {
        boolean modeGiven = false;
        for (String word : words.split(",", -1)) {
            boolean known = true;
            switch (word) {
                case "ro", "rw" -> {
                    known = !modeGiven;
                    modeGiven = true;
                    mount.setReadonly(word.equals("ro"));
                }
                case "z", "Z" -> {
                    known = mount.getRelabel().isEmpty();
                    mount.setRelabel(word);
                }
                case "nocopy" -> {
                    known = mount.getType() == VolumeMount.Type.VOLUME;
                    mount.setNoCopy(true);
                }
                case "cached", "delegated", "consistent" -> {}
                default -> {
                    known =
                            PROPAGATIONS.contains(word)
                                    && mount.getType() == VolumeMount.Type.BIND
                                    && mount.getPropagation().isEmpty();
                    mount.setPropagation(word);
                }
            }
            if (!known) {
                throw Wrong.value(
                        OPTION,
                        text,
                        "invalid mode: %s; a %s takes %s"
                                .formatted(
                                        words,
                                        mount.getType() == VolumeMount.Type.BIND
                                                ? "path of the host"
                                                : "volume",
                                        mount.getType() == VolumeMount.Type.BIND
                                                ? "one of ro and rw, z or Z, and "
                                                        + String.join(", ", PROPAGATIONS)
                                                : "one of ro and rw, z or Z, and nocopy"));
            }
        }
    }
}
