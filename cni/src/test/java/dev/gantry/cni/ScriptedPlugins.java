package dev.gantry.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * Plugins that are shell scripts. Each call is a line {@code COMMAND type} of the file {@code
 * calls}; what it was given is kept as {@code type-COMMAND.json} and {@code type-COMMAND.env}.
 */
final class ScriptedPlugins {
    /** An ADD that answers with an address, of the version that it was asked for. */
    static final String RESULT =
            """
            v=$(sed 's/.*"cniVersion":"\\([0-9.]*\\)".*/\\1/' "$IN"); \
            echo '{"cniVersion":"'$v'","interfaces":[{"name":"br0"},{"name":"eth0","sandbox":"/x"}],\
            "ips":[{"address":"10.1.2.1/24","interface":0},{"address":"fd00::5/64","interface":1},\
            {"address":"10.1.2.5/24","interface":1}],"dns":{"custom":"kept"}}'
            """;

    final Path bin;
    final Path log;

    ScriptedPlugins(Path directory) throws IOException {
        bin = Files.createDirectories(directory.resolve("bin"));
        log = Files.createDirectories(directory.resolve("log"));
    }

    /** Writes a plugin; a command without a body does nothing and succeeds. */
    void write(String type, Map<String, String> bodies) throws IOException {
        StringBuilder script =
                new StringBuilder(
                        """
                        #!/bin/sh
                        L=%s; IN=$L/%s-$CNI_COMMAND.json
                        cat > "$IN"; env | grep ^CNI_ > "$L/%s-$CNI_COMMAND.env"
                        echo "$CNI_COMMAND %s" >> $L/calls
                        case $CNI_COMMAND in
                        """
                                .formatted(log, type, type, type));
        bodies.forEach(
                (command, body) -> script.append("%s)\n%s\n;;\n".formatted(command, body.strip())));
        script.append("esac\n");
        Files.deleteIfExists(bin.resolve(type));
        Files.writeString(bin.resolve(type), script);
        Files.setPosixFilePermissions(
                bin.resolve(type), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    List<String> calls() throws IOException {
        Path calls = log.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    void forgetCalls() throws IOException {
        Files.deleteIfExists(log.resolve("calls"));
    }

    String input(String type, String command) throws IOException {
        return Files.readString(log.resolve(type + "-" + command + ".json"));
    }

    List<String> environment(String type, String command) throws IOException {
        return Files.readAllLines(log.resolve(type + "-" + command + ".env"));
    }
}
