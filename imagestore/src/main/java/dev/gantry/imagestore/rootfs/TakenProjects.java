package dev.gantry.imagestore.rootfs;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The projects that an administrator (and kubelet) has given away: {@code /etc/projects} has lines
 * {@code ID:DIRECTORY}, {@code /etc/projid} lines {@code NAME:ID}.
 */
final class TakenProjects {
    private static final Pattern PROJECTS = Pattern.compile("(?m)^\\s*([0-9]{1,10})\\s*:");
    private static final Pattern PROJID = Pattern.compile("(?m)^[^#:\\n]*:\\s*([0-9]{1,10})\\s*$");

    private TakenProjects() {}

    static Set<Long> ofThisMachine() {
        return in(Path.of("/etc"));
    }

    static Set<Long> in(Path etc) {
        Set<Long> taken = new HashSet<>();
        add(etc.resolve("projects"), PROJECTS, taken);
        add(etc.resolve("projid"), PROJID, taken);
        return taken;
    }

    private static void add(Path file, Pattern line, Set<Long> to) {
        try {
            Matcher matcher = line.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                to.add(Long.parseLong(matcher.group(1)));
            }
        } catch (NoSuchFileException e) {
            // Nobody has given any away.
        } catch (IOException e) {
            throw Failure.of("read " + file + ", to give away no project that is in use", e);
        }
    }
}
