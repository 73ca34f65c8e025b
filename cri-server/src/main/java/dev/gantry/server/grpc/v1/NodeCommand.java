package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a small program of this node. */
final class NodeCommand {
    private static final int LIMIT = 16 << 20;
    private static final int SECONDS = 10;

    private NodeCommand() {}

    /** What it wrote; INVALID_ARGUMENT with its complaint when it ended with an error. */
    static String run(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            Thread watch = Thread.ofVirtual().name(program).start(() -> end(process));
            try {
                byte[] output = process.getInputStream().readNBytes(LIMIT);
                int code = process.waitFor();
                String text = new String(output, StandardCharsets.UTF_8);
                if (code != 0) {
                    throw Failure.invalid("%s: %s".formatted(program, text.strip()));
                }
                return text;
            } finally {
                process.destroyForcibly();
                watch.interrupt();
            }
        } catch (IOException e) {
            throw Failure.precondition(
                    "cannot run %s on this node: %s".formatted(program, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
