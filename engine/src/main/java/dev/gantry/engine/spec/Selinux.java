package dev.gantry.engine.spec;

import dev.gantry.engine.config.SelinuxOptions;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * SELinux labels of containers: what is asked for, over the policy's own for containers
 * (selinux_lxc_contexts(5)), with a level of the pod's when none is given. Where SELinux is off
 * there are none.
 */
final class Selinux {
    /** This machine's. */
    static final Selinux HOST = new Selinux(Path.of("/sys/fs/selinux"), Path.of("/etc/selinux"));

    private static final Labels STANDARD =
            new Labels("system_u:system_r:container_t:s0", "system_u:object_r:container_file_t:s0");

    private static final int CATEGORIES = 1024;
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.:,-]{1,255}");

    private final Path kernel;
    private final Path policy;

    Selinux(Path kernel, Path policy) {
        this.kernel = kernel;
        this.policy = policy;
    }

    /** The label of processes, and that of their files; both empty where SELinux is off. */
    record Labels(String process, String files) {
        static final Labels NONE = new Labels("", "");
    }

    boolean enabled() {
        return Files.exists(kernel.resolve("enforce"));
    }

    /**
     * The labels of a container. A privileged one runs as the daemon does, unless a label is asked
     * for.
     *
     * @param podId what the level is made from when none is given: the same for all containers of a
     *     pod, which share files
     */
    Labels labels(SelinuxOptions asked, boolean privileged, String podId) {
        if (!enabled() || (privileged && !asked.given())) {
            return Labels.NONE;
        }
        Labels defaults = defaults();
        String level = asked.level().isEmpty() ? level(podId) : asked.level();
        String[] process = defaults.process().split(":", 4);
        String[] files = defaults.files().split(":", 4);
        return new Labels(
                String.join(
                        ":",
                        part(asked.user(), process[0], "user"),
                        part(asked.role(), process[1], "role"),
                        part(asked.type(), process[2], "type"),
                        part(level, "s0", "level")),
                String.join(":", part(asked.user(), files[0], "user"), files[1], files[2], level));
    }

    private static String part(String asked, String preset, String what) {
        if (asked.isEmpty()) {
            return preset;
        }
        if (!PART.matcher(asked).matches()) {
            throw Failure.invalid("SELinux " + what + " \"" + asked + "\" is not one");
        }
        return asked;
    }

    /** Two categories out of 1024, as every container manager of the field chooses them. */
    private static String level(String podId) {
        try {
            byte[] sum =
                    MessageDigest.getInstance("SHA-256")
                            .digest(podId.getBytes(StandardCharsets.UTF_8));
            int first = ((sum[0] & 0xff) << 8 | (sum[1] & 0xff)) % CATEGORIES;
            int other = ((sum[2] & 0xff) << 8 | (sum[3] & 0xff)) % (CATEGORIES - 1);
            int second = other >= first ? other + 1 : other;
            return "s0:c%d,c%d".formatted(Math.min(first, second), Math.max(first, second));
        } catch (NoSuchAlgorithmException e) {
            throw Failure.of("make a level of SELinux", e);
        }
    }

    private Labels defaults() {
        String type = value(policy.resolve("config"), "SELINUXTYPE").orElse("targeted");
        Path contexts = policy.resolve(type).resolve("contexts").resolve("lxc_contexts");
        String process = value(contexts, "process").orElse(STANDARD.process());
        String files = value(contexts, "file").orElse(STANDARD.files());
        return whole(process) && whole(files) ? new Labels(process, files) : STANDARD;
    }

    private static boolean whole(String label) {
        return label.split(":", 4).length == 4;
    }

    /** A line {@code name = "value"}, with or without quotes. */
    private static Optional<String> value(Path file, String name) {
        return HostFiles.read(file)
                .flatMap(
                        text ->
                                text.lines()
                                        .map(line -> line.split("=", 2))
                                        .filter(p -> p.length == 2 && p[0].strip().equals(name))
                                        .map(p -> p[1].strip().replace("\"", ""))
                                        .findFirst());
    }
}
