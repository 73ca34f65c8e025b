package dev.gantry.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pod and container configurations as crictl reads them: CRI's messages in JSON. */
final class Configs {
    static final String BUSYBOX = "registry.k8s.io/e2e-test-images/busybox:1.29-2";
    static final String NGINX = "registry.k8s.io/e2e-test-images/nginx:1.14-2";

    private final Path folder;

    Configs(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /**
     * A pod with a network of its own; its logs lie below the folder. {@code extra} is more
     * members, each with a comma in front.
     */
    String pod(String name, String extra) throws IOException {
        Path logs = folder.resolve("logs").resolve(name);
        return file(
                "pod-" + name,
                """
                {"metadata": {"name": "%s", "namespace": "default", "uid": "uid-%s", "attempt": 0},
                 "log_directory": "%s", "linux": {}%s}
                """
                        .formatted(name, name, logs, extra));
    }

    /** A container of an image that runs a shell script. */
    String shell(String name, String script, String extra) throws IOException {
        String quoted = script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return container(
                name, BUSYBOX, ", \"command\": [\"sh\", \"-c\", \"" + quoted + "\"]" + extra);
    }

    String container(String name, String image, String extra) throws IOException {
        return container(name, image, "{}", extra);
    }

    /** A shell script in a container; {@code linux} is the Linux part, an object. */
    String shell(String name, String script, String linux, String extra) throws IOException {
        String quoted = script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return container(
                name,
                BUSYBOX,
                linux,
                ", \"command\": [\"sh\", \"-c\", \"" + quoted + "\"]" + extra);
    }

    private String container(String name, String image, String linux, String extra)
            throws IOException {
        return file(
                "container-" + name,
                """
                {"metadata": {"name": "%s", "attempt": 0}, "image": {"image": "%s"}, "log_path": "%s.log", "linux": %s%s}
                """
                        .formatted(name, image, name, linux, extra));
    }

    Path log(String pod, String container) {
        return folder.resolve("logs").resolve(pod).resolve(container + ".log");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name + ".json"), text).toString();
    }
}
