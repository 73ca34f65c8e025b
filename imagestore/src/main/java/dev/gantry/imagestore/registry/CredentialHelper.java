package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks {@code docker-credential-*} programs: {@code get}, with the server on standard input and a
 * JSON object with {@code Username} and {@code Secret} on standard output. Nothing of a secret is
 * an argument or gets into an error.
 */
final class CredentialHelper {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_TEXT = 200;
    private static final String PREFIX = "docker-credential-";

    /** By the helpers' protocol, the user of a secret that is an identity token. */
    private static final String TOKEN_USER = "<token>";

    private static final String NOT_FOUND = "credentials not found";

    private final List<Path> directories;
    private final Duration deadline;

    /**
     * @param first where programs are looked for before the {@code path}
     * @param path of the form of {@code PATH}
     */
    CredentialHelper(Optional<Path> first, String path, Duration deadline) {
        List<Path> all = new ArrayList<>(first.stream().toList());
        for (String directory : path.split(":", -1)) {
            if (directory.startsWith("/")) {
                all.add(Path.of(directory));
            }
        }
        this.directories = List.copyOf(all);
        this.deadline = deadline;
    }

    private record Output(int status, String text) {
        @Override
        public String toString() {
            return "Output[status=" + status + "]";
        }
    }

    /**
     * What a helper knows of a server; empty when it says that it knows nothing.
     *
     * @param name what follows {@code docker-credential-}
     * @throws Failure FAILED_PRECONDITION when it is not there or fails, DEADLINE_EXCEEDED when it
     *     does not answer
     */
    Optional<RegistryCredentials> get(String name, String server) {
        Path program = find(name);
        Output output;
        try {
            output = run(program, server);
        } catch (IOException e) {
            throw wrong(program, server, "it cannot be run: " + e.getMessage());
        }
        String text = output.text();
        if (output.status() != 0) {
            if (text.contains(NOT_FOUND)) {
                return Optional.empty();
            }
            // What looks like an answer may hold a secret.
            String said = text.isEmpty() || text.contains("{") ? "" : ": " + clean(text);
            throw wrong(program, server, "it ended with status " + output.status() + said);
        }
        return Optional.of(parse(program, server, text));
    }

    private Path find(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw Failure.precondition(
                    "\"%s\" is not the name of a credential helper".formatted(clean(name)));
        }
        return directories.stream()
                .map(directory -> directory.resolve(PREFIX + name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "there is no program %s%s in %s"
                                                .formatted(PREFIX, name, directories)));
    }

    private Output run(Path program, String server) throws IOException {
        Process process =
                new ProcessBuilder(program.toString(), "get")
                        .directory(Path.of("/").toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            CompletableFuture<byte[]> answer = read(process.getInputStream());
            try (OutputStream in = process.getOutputStream()) {
                in.write(server.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It did not want to know; its answer tells.
            }
            long until = System.nanoTime() + deadline.toNanos();
            byte[] bytes = answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            if (bytes.length > MAX_BYTES) {
                throw wrong(program, server, "it answered with more than 256 KiB");
            }
            if (!process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw late(program, server);
            }
            return new Output(
                    process.exitValue(), new String(bytes, StandardCharsets.UTF_8).strip());
        } catch (TimeoutException e) {
            throw late(program, server);
        } catch (ExecutionException e) {
            throw wrong(program, server, "its answer cannot be read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, program + " was interrupted", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** On a thread of the platform: nothing ends the reading of a pipe but its other side. */
    private static CompletableFuture<byte[]> read(InputStream from) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("credential-helper")
                .start(
                        () -> {
                            try (from) {
                                answer.complete(from.readNBytes(MAX_BYTES + 1));
                            } catch (IOException e) {
                                answer.completeExceptionally(e);
                            }
                        });
        return answer;
    }

    private static RegistryCredentials parse(Path program, String server, String answer) {
        JsonNode root;
        try {
            root = MAPPER.readTree(answer);
        } catch (IOException e) {
            throw wrong(program, server, "its answer is not valid JSON");
        }
        String user = root.path("Username").asText();
        String secret = root.path("Secret").asText();
        if (secret.isEmpty()) {
            throw wrong(program, server, "its answer has no Secret");
        }
        if (user.equals(TOKEN_USER)) {
            return new RegistryCredentials("", "", secret, "", "");
        }
        if (user.isEmpty()) {
            throw wrong(program, server, "its answer has no Username");
        }
        return RegistryCredentials.basic(user, secret);
    }

    private Failure late(Path program, String server) {
        return new Failure(
                Failure.Code.DEADLINE_EXCEEDED,
                "%s get, for %s: it did not answer in %d s"
                        .formatted(program, clean(server), deadline.toSeconds()));
    }

    private static Failure wrong(Path program, String server, String why) {
        return Failure.precondition("%s get, for %s: %s".formatted(program, clean(server), why));
    }

    private static String clean(String text) {
        String printable = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return printable.length() > MAX_TEXT ? printable.substring(0, MAX_TEXT) + "…" : printable;
    }
}
