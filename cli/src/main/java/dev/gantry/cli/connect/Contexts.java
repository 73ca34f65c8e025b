package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The daemons that a user has given names to: a directory {@code contexts/NAME} each with {@code
 * meta.json} and the TLS files, and {@code current-context} with the name in use.
 */
public final class Contexts {
    /** The name of this machine's daemon, which is always there. */
    public static final String DEFAULT = "default";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.+-]+");
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final Path current;

    /** The contexts of a user. */
    public Contexts(Places places) {
        directory = places.config().resolve("contexts");
        current = places.config().resolve("current-context");
    }

    /** A context as it is stored. */
    public record Context(String name, String description, String host, Optional<TlsFiles> tls) {
        /** Where its daemon is. */
        public Endpoint endpoint() {
            return Endpoint.parse(host, tls);
        }
    }

    /** The name in use. */
    public String inUse() {
        try {
            return Files.readString(current).strip();
        } catch (NoSuchFileException e) {
            return DEFAULT;
        } catch (IOException e) {
            throw failure("read", current, e);
        }
    }

    /** Where a context's daemon is. */
    Endpoint endpoint(String name) {
        return find(name).endpoint();
    }

    /** A context by name. */
    public Context find(String name) {
        if (name.equals(DEFAULT)) {
            return new Context(
                    DEFAULT, "this machine's daemon", Endpoint.STANDARD, Optional.empty());
        }
        check(name);
        Path dir = directory.resolve(name);
        try {
            Map<String, @Nullable Object> meta =
                    JsonReader.object(JsonReader.read(Files.readString(dir.resolve("meta.json"))));
            Optional<TlsFiles> tls =
                    Boolean.TRUE.equals(meta.get("TLS"))
                            ? Optional.of(
                                    new TlsFiles(
                                            present(dir.resolve("ca.pem")),
                                            present(dir.resolve("cert.pem")),
                                            present(dir.resolve("key.pem")),
                                            !Boolean.TRUE.equals(meta.get("SkipTLSVerify"))))
                            : Optional.empty();
            return new Context(name, text(meta, "Description"), text(meta, "Host"), tls);
        } catch (NoSuchFileException e) {
            throw new CliFailure(
                    "context \"%s\" does not exist: `gantry context ls` lists those that do"
                            .formatted(name));
        } catch (IOException e) {
            throw failure("read", dir, e);
        } catch (IllegalArgumentException e) {
            throw new CliFailure(
                    "the context file %s is damaged: %s"
                            .formatted(dir.resolve("meta.json"), e.getMessage()));
        }
    }

    private static String text(Map<String, @Nullable Object> meta, String key) {
        return meta.get(key) instanceof String text ? text : "";
    }

    private static Optional<Path> present(Path file) {
        return Optional.of(file).filter(Files::exists);
    }

    /** All contexts, the default one first. */
    public List<Context> all() {
        List<Context> all = new ArrayList<>();
        all.add(find(DEFAULT));
        if (Files.isDirectory(directory)) {
            try (Stream<Path> names = Files.list(directory)) {
                names.map(path -> path.getFileName().toString())
                        .filter(name -> NAME.matcher(name).matches())
                        .sorted()
                        .forEach(name -> all.add(find(name)));
            } catch (IOException e) {
                throw failure("list", directory, e);
            }
        }
        return all;
    }

    /** Makes a context; its TLS files are copied, readable by their owner only. */
    public void create(Context context) {
        check(context.name());
        Path dir = directory.resolve(context.name());
        if (context.name().equals(DEFAULT) || Files.exists(dir)) {
            throw new CliFailure("context \"%s\" already exists".formatted(context.name()));
        }
        context.endpoint();
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        meta.put("Name", context.name());
        meta.put("Description", context.description());
        meta.put("Host", context.host());
        meta.put("TLS", context.tls().isPresent());
        meta.put("SkipTLSVerify", context.tls().map(tls -> !tls.verified()).orElse(false));
        try {
            Files.createDirectories(directory);
            Path made = Files.createTempDirectory(directory, ".new-", OWNER_ONLY);
            if (context.tls().isPresent()) {
                TlsFiles tls = context.tls().get();
                copy(tls.authority(), made.resolve("ca.pem"));
                copy(tls.certificate(), made.resolve("cert.pem"));
                copy(tls.key(), made.resolve("key.pem"));
            }
            write(made.resolve("meta.json"), Json.pretty(meta) + "\n");
            Files.move(made, dir, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("write", dir, e);
        }
    }

    private static void copy(Optional<Path> from, Path to) throws IOException {
        if (from.isPresent()) {
            write(to, Files.readString(from.get()));
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    /** Makes a context the one that is used when nothing else is said. */
    public void use(String name) {
        find(name);
        try {
            Files.createDirectories(directory);
            Path next = Files.createTempFile(directory.getParent(), ".current-", "");
            Files.writeString(next, name + "\n");
            Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("write", current, e);
        }
    }

    /** Removes a context; one that is in use only with {@code force}. */
    public void remove(String name, boolean force) {
        if (name.equals(DEFAULT)) {
            throw new CliFailure("context \"default\" cannot be removed");
        }
        check(name);
        Path dir = directory.resolve(name);
        if (!Files.isDirectory(dir)) {
            throw new CliFailure("context \"%s\" does not exist".formatted(name));
        }
        if (inUse().equals(name)) {
            if (!force) {
                throw new CliFailure(
                        "context \"%s\" is in use: use another one first, or give --force"
                                .formatted(name));
            }
            use(DEFAULT);
        }
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(dir);
        } catch (IOException e) {
            throw failure("remove", dir, e);
        }
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CliFailure(
                    "\"%s\" is no name for a context: it has two or more of a-z A-Z 0-9 _ . + -, a letter or digit first"
                            .formatted(name));
        }
    }

    private static CliFailure failure(String what, Path path, IOException e) {
        return new CliFailure("cannot %s %s: %s".formatted(what, path, e), e);
    }
}
