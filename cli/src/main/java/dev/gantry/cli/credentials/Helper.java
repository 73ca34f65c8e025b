package dev.gantry.cli.credentials;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.proto.v1.Credentials;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A program {@code docker-credential-NAME} that keeps credentials; its protocol is docker's. */
record Helper(String name) {
    private static final String TOKEN = "<token>";

    Optional<Credentials> get(String key) {
        Answer answer = ask("get", key);
        if (answer.code() != 0) {
            if (answer.text().contains("credentials not found")) {
                return Optional.empty();
            }
            throw failed("get", answer);
        }
        Map<String, @Nullable Object> found = JsonReader.object(JsonReader.read(answer.text()));
        String username = String.valueOf(found.getOrDefault("Username", ""));
        String secret = String.valueOf(found.getOrDefault("Secret", ""));
        Credentials.Builder credentials = Credentials.newBuilder();
        return Optional.of(
                username.equals(TOKEN)
                        ? credentials.setIdentityToken(secret).build()
                        : credentials.setUsername(username).setPassword(secret).build());
    }

    void store(String key, Credentials credentials) {
        boolean token = !credentials.getIdentityToken().isEmpty();
        Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("ServerURL", key);
        stored.put("Username", token ? TOKEN : credentials.getUsername());
        stored.put("Secret", token ? credentials.getIdentityToken() : credentials.getPassword());
        Answer answer = ask("store", Json.compact(stored));
        if (answer.code() != 0) {
            throw failed("store", answer);
        }
    }

    void erase(String key) {
        Answer answer = ask("erase", key);
        if (answer.code() != 0 && !answer.text().contains("credentials not found")) {
            throw failed("erase", answer);
        }
    }

    private record Answer(int code, String text) {}

    private CliFailure failed(String action, Answer answer) {
        return new CliFailure(
                "docker-credential-%s %s failed: %s"
                        .formatted(name, action, answer.text().strip()));
    }

    private Answer ask(String action, String input) {
        String program = "docker-credential-" + name;
        try {
            Process process =
                    new ProcessBuilder(program, action)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), said);
        } catch (IOException e) {
            throw new CliFailure(
                    program
                            + " cannot be run: install it, or take \"credsStore\" and \"credHelpers\" out of docker's config.json",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted while " + program + " ran", e);
        }
    }
}
