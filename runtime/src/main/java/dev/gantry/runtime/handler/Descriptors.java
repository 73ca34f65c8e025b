package dev.gantry.runtime.handler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What stdin, stdout and stderr of a dumped container were, beside CRIU's images in the form that
 * runc and crun write and read: {@code descriptors.json}, a list as {@code ["/dev/null",
 * "pipe:[4711]", "pipe:[4712]"]}. A pipe among them is replaced by a new one at restore.
 */
final class Descriptors {
    private static final String FILE = "descriptors.json";
    private static final int COUNT = 3;
    private static final int LARGEST = 64 << 10;
    private static final Pattern PIPE = Pattern.compile("pipe:\\[[0-9]{1,20}]");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Descriptors() {}

    static void write(int pid, Path images) {
        var list = new ArrayList<String>();
        try {
            for (int fd = 0; fd < COUNT; fd++) {
                Path link = Path.of("/proc/%d/fd/%d".formatted(pid, fd));
                list.add(Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : "");
            }
            Files.write(images.resolve(FILE), OciJson.write(list));
        } catch (IOException e) {
            throw Failure.of("note the descriptors of process " + pid, e);
        }
    }

    /** CRIU's options that put this process' descriptors in place of the pipes. */
    static List<String> inherited(Path images) {
        Path file = images.resolve(FILE);
        try {
            if (Files.size(file) > LARGEST) {
                throw Failure.invalid("the checkpoint's %s is too long".formatted(FILE));
            }
            JsonNode list = JSON.readTree(Files.readAllBytes(file));
            var options = new ArrayList<String>();
            for (int fd = 0; fd < Math.min(COUNT, list.size()); fd++) {
                String name = list.path(fd).asText();
                if (PIPE.matcher(name).matches()) {
                    options.addAll(List.of("--inherit-fd", "fd[%d]:%s".formatted(fd, name)));
                }
            }
            return options;
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "the checkpoint has no readable %s, which says what its output was: %s"
                            .formatted(FILE, e.getMessage()),
                    e);
        }
    }
}
