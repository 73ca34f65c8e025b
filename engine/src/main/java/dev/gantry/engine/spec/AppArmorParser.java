package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** apparmor_parser(8): compiles profiles and loads them into the kernel. */
final class AppArmorParser implements AppArmor.Loader {
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/usr/sbin/apparmor_parser"),
                    Path.of("/sbin/apparmor_parser"),
                    Path.of("/usr/bin/apparmor_parser"));

    private static final int SECONDS = 30;

    @Override
    public void load(String text) {
        Path program =
                PLACES.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "this kernel has AppArmor, but apparmor_parser, which loads the default"
                                                        + " profile, is not installed: install the package apparmor"));
        try {
            Path output = Files.createTempFile("apparmor", ".out");
            try {
                run(program, text, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw Failure.of("run " + program, e);
        }
    }

    private static void run(Path program, String text, Path output) throws IOException {
        Process process =
                new ProcessBuilder(program.toString(), "--replace", "--skip-cache")
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // It has ended: what it said tells why.
        }
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "%s did not end within %d s".formatted(program, SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new Failure(
                    Failure.Code.CANCELLED, "interrupted while loading an AppArmor profile", e);
        }
        if (process.exitValue() != 0) {
            String said = Files.readString(output).strip();
            throw Failure.precondition(
                    "%s refuses the default AppArmor profile (exit code %d): %s"
                            .formatted(
                                    program,
                                    process.exitValue(),
                                    said.substring(0, Math.min(400, said.length()))));
        }
    }
}
